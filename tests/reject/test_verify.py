# SPDX-License-Identifier: Apache-2.0
"""The checker against images that break one invariant each. The image is made by the tool, then
changed and hashed again, so that only what it maps and says can give it away."""

import hashlib
import os
import pathlib
import struct
import subprocess

import pytest

VERIFY = pathlib.Path(os.environ.get("O", "build")).resolve() / "partita-verify"

# abi/image.h, abi/fmap.h, abi/layout.h
HEADER, HASH = 0x40, 0x40 + 384
ARRAYS = ["cpus", "slots", "vms", "vcpus", "services", "contexts", "idregs", "links", "caps", "irqs"]
SIZE = {"cpus": 48, "slots": 24, "vms": 144, "vcpus": 40, "services": 72, "contexts": 48, "links": 24,
        "caps": 48, "irqs": 8}
KERNEL_VA, LOG_VA, LINES_VA, STACK_VA = 0x4000000000, 0x4000090000, 0x40000a0000, 0x40000c1000
TEXT, DATA, LINES, CHANNELS, LOGS, DEVICES = (0xc00000000, 0xc00100000, 0xc00210000, 0xc00400000, 0xc00480000,
                                              0xc00500000)
CONF = 0xc00200000
IMAGES = 0xd00000000
POST = 0x20000000
ADDRESS = 0xfffffffff000
AF, XN, AP2, S2_WRITE, NORMAL = 1 << 10, 1 << 54, 1 << 7, 1 << 7, 0xf << 2

DESCRIPTION = """/dts-v1/;
/ {
	compatible = "partita,system";
	platform = "qemu-virt";
	vms {
		a {
			cpus = <0 1>;
			memory = <0x0 0x40000000 0x0 0x400000>;
			kernel = "raw";
			devices = "/pl061@9030000";
			console;
		};
		b {
			cpus = <2>;
			memory = <0x0 0x40000000 0x0 0x401000>;
			kernel = "raw";
			console;
		};
	};
	channels {
		post { writer = "a"; readers = "b"; size = <0x0 0x2000>; doorbell; };
	};
};
"""


class Image:
    def __init__(self, data):
        self.data = bytearray(data)
        self.load = self.get(HEADER + 8)
        self.fmap = self.get(HEADER + 40) - self.load

    def get(self, offset, form="<Q"):
        return struct.unpack_from(form, self.data, offset)[0]

    def put(self, offset, value, form="<Q"):
        struct.pack_into(form, self.data, offset, value)

    def element(self, array, index):
        return self.fmap + self.get(self.fmap + 112 + 8 * ARRAYS.index(array), "<I") + SIZE[array] * index

    def row(self, name, which):
        """The row of memory number `which` of those with that name."""
        at, found = self.fmap + self.get(self.fmap + 112 + 8 * 10, "<I"), []
        for n in range(self.get(self.fmap + 112 + 8 * 10 + 4, "<I")):
            if self.data[at + 56 * n + 40:at + 56 * n + 56].rstrip(b"\0") == name.encode():
                found.append(at + 56 * n)
        return found[which]

    def context(self, vm, monitor=False):
        return self.element("contexts", 2 * vm + monitor)

    def root(self, world):
        """cpu0, cpu1: EL2. a, b: guests. monitor a, monitor b. console."""
        if world.startswith("cpu"):
            return self.get(HEADER + 104 + 16 * int(world[3:]) + 8)
        index = {"a": 0, "monitor a": 1, "b": 2, "monitor b": 3, "console": 4}[world]
        return self.get(self.element("contexts", index)) & ADDRESS

    def entry(self, world, va, level=3):
        """Where in the file the descriptor of that level is, for an address."""
        table = self.root(world)
        for this in (1, 2, 3):
            offset = table - self.load + (va >> (12 + 9 * (3 - this)) & 511) * 8
            if this == level or self.get(offset) & 3 != 3:
                return offset
            table = self.get(offset) & ADDRESS

    def change(self, world, va, clear=0, set=0):
        at = self.entry(world, va)
        assert self.get(at) & 1, "nothing is mapped there: the mutant would prove nothing"
        self.put(at, self.get(at) & ~clear | set)

    def redirect(self, world, va, pa):
        self.change(world, va, clear=ADDRESS, set=pa)

    def pa(self, world, va):
        return self.get(self.entry(world, va)) & ADDRESS

    def svcconf(self):
        return self.pa("console", CONF) - self.load

    def window(self, name):
        """The first of that name in the console's configuration: struct svcconf_window."""
        return self.data.index(name.encode() + b"\0", self.svcconf()) - 10

    def hashed(self):
        self.data[HASH:HASH + 32] = bytes(32)
        self.data[HASH:HASH + 32] = hashlib.blake2b(self.data, digest_size=32).digest()
        return bytes(self.data)


def flip(offset, bits, form="<Q"):
    return lambda i: i.put(offset(i), i.get(offset(i), form) ^ bits, form)


MUTANTS = {
    # The kernel's own map
    "kernel text is writable": (
        lambda i: i.change("cpu0", KERNEL_VA, clear=AP2),
        "part of the image's file is writable"),
    "kernel stack is executable": (
        lambda i: i.change("cpu0", STACK_VA, clear=XN),
        "writable and executable"),
    "kernel executes what a VM writes": (
        lambda i: i.change("cpu1", LINES_VA, clear=XN),
        "the kernel executes something else"),
    "kernel maps guest memory": (
        lambda i: i.redirect("cpu0", LOG_VA, i.pa("a", 0x40000000)),
        "the kernel maps memory that is not the image's"),
    "kernel maps a table": (
        lambda i: i.redirect("cpu0", STACK_VA, i.root("a")),
        "a page of tables is mapped"),
    "a CPU reaches another one's stack": (
        lambda i: i.redirect("cpu1", STACK_VA, i.pa("cpu0", STACK_VA)),
        "one CPU reaches what is another's alone"),
    "kernel writes a VM's lines": (
        lambda i: i.change("cpu0", LINES_VA, clear=AP2),
        "two owners"),
    "kernel reads the wrong VM's lines": (
        lambda i: i.redirect("cpu0", LINES_VA, i.pa("cpu0", LINES_VA + 0x1000)),
        "two owners"),
    # Guests
    "a guest has another one's memory": (
        lambda i: i.redirect("b", 0x40000000, i.pa("a", 0x40000000)),
        "two owners"),
    "a guest reads another one's memory": (
        lambda i: (i.redirect("b", 0x40400000, i.pa("a", 0x40000000)),
                   i.change("b", 0x40400000, clear=S2_WRITE)),
        "two owners"),
    "a guest reads the kernel": (
        lambda i: (i.redirect("b", 0x40400000, i.load), i.change("b", 0x40400000, clear=S2_WRITE)),
        "a guest sees the image's own memory"),
    "a guest writes its tables": (
        lambda i: i.redirect("b", 0x40400000, i.root("b")),
        "a page of tables is mapped"),
    "a guest reaches the GIC": (
        lambda i: i.redirect("a", 0x9030000, 0x8000000),
        "two owners"),
    "a guest reaches the console": (
        lambda i: i.redirect("a", 0x9030000, 0x9000000),
        "two owners"),
    "device memory is executable": (
        lambda i: i.change("a", 0x9030000, clear=XN),
        "is executable"),
    "a device is cacheable": (
        lambda i: i.change("console", DEVICES, set=NORMAL),
        "device memory and normal memory"),
    "a monitor sees a page at two addresses": (
        lambda i: i.redirect("monitor b", 0x40400000, i.pa("b", 0x40400000) - 0x1000),
        "mapped twice in one space"),
    # Compartments
    "a monitor executes its guest": (
        lambda i: i.change("monitor b", 0x40400000, clear=XN),
        "writable and executable"),
    "a monitor writes its image": (
        lambda i: i.change("monitor a", IMAGES, set=S2_WRITE),
        "part of the image's file is writable"),
    "a monitor writes its text": (
        lambda i: i.change("monitor a", TEXT, set=S2_WRITE),
        "part of the image's file is writable"),
    "a monitor has another one's data": (
        lambda i: i.redirect("monitor a", DATA, i.pa("monitor b", DATA)),
        "two owners"),
    "a monitor reads another one's image": (
        lambda i: i.redirect("monitor a", IMAGES, i.pa("monitor b", IMAGES)),
        "two owners"),
    "a monitor writes what the console writes": (
        lambda i: i.change("monitor a", CHANNELS + 0x1000, set=S2_WRITE),
        "two owners"),
    "a channel's sides are swapped": (
        lambda i: i.redirect("monitor a", CHANNELS, i.pa("monitor b", CHANNELS)),
        "two owners"),
    "the console writes the log": (
        lambda i: i.change("console", LOGS, set=S2_WRITE),
        "two owners"),
    # Channels between VMs
    "a reader writes": (
        lambda i: i.change("b", POST, set=S2_WRITE),
        "has rights rw-"),
    "a reader executes": (
        lambda i: i.change("b", POST, clear=XN),
        "has rights r-x"),
    "a stranger reads a channel": (
        lambda i: (i.redirect("console", LOGS, i.pa("a", POST))),
        "two owners"),
    "the writer's memory is another's": (
        lambda i: i.redirect("a", POST, i.pa("b", 0x40400000)),
        "two owners"),
    "a reader's monitor writes the control": (
        lambda i: i.change("monitor b", CHANNELS + 0x3000, set=S2_WRITE),
        "two owners"),
    "a reader's row may write": (
        lambda i: i.put(i.row("post", 2) + 36, 3, "<I"),
        "channel 'post' has 2 writers"),
    "a channel lies in the image's file": (
        lambda i: [i.put(i.row("post", n), i.load) for n in range(3)],
        "is the image's own"),
    "a doorbell rings elsewhere": (
        lambda i: i.put(i.element("links", i.get(i.element("caps", 1) + 16, "<I")) + 20, 2, "<I"),
        "rings elsewhere than at its other end"),
    # Tables
    "two guests have one table": (
        lambda i: i.put(i.entry("b", 0x40000000, 1), i.get(i.entry("a", 0x40000000, 1))),
        "is used twice"),
    "a root is another's": (
        lambda i: i.put(i.context(1), i.root("a") | 3 << 48),
        "is used twice"),
    "a root is outside": (
        lambda i: i.put(i.context(1), 0x50000000 | 3 << 48),
        "is not in the image"),
    "a table refers to itself": (
        lambda i: i.put(i.entry("a", 0x40000000, 1), i.root("a") | 3),
        "is used twice"),
    "access flag lacks": (
        lambda i: i.change("a", 0x40000000, clear=AF),
        "none of the kinds that belong here"),
    "a reserved attribute": (
        lambda i: i.change("a", 0x40000000, set=1 << 52),
        "none of the kinds that belong here"),
    "an address above the board's": (
        lambda i: i.change("a", 0x40000000, set=1 << 41),
        "above 2^40"),
    "a channel's interrupt is none that there can be": (
        lambda i: (i.put(i.pa("monitor a", CONF) - i.load + 28, 0xffffffff, "<I"),
                   i.put(i.pa("monitor a", CONF) - i.load + 1488 + 40, 0xfffffffe, "<I")),
        "monitor of a"),
    # The f-map
    "two worlds have one VMID": (
        lambda i: i.put(i.context(1), i.root("b") | 1 << 48),
        "have the same VMID 1"),
    "VMID 0": (
        lambda i: i.put(i.context(1), i.root("b")),
        "VMID 0"),
    "SMC is not trapped": (
        flip(lambda i: i.context(0) + 8, 1 << 19),
        "HCR_EL2 lacks bits 0x80000"),
    "stage 1 bypasses stage 2": (
        flip(lambda i: i.context(0) + 8, 1),
        "HCR_EL2 lacks bits 0x1"),
    "FP is open to a monitor": (
        flip(lambda i: i.context(0, True) + 16, 1 << 10),
        "CPTR_EL2 lacks bits 0x400"),
    "debug registers are open": (
        flip(lambda i: i.context(0) + 24, 1 << 9),
        "MDCR_EL2 lacks bits 0x200"),
    "the physical timer is open": (
        flip(lambda i: i.context(0) + 32, 2),
        "CNTHCTL_EL2 has bits 0x2"),
    "another size of addresses": (
        flip(lambda i: i.fmap + 48, 1),
        "VTCR_EL2 is"),
    "an interrupt changes owner": (
        flip(lambda i: i.element("irqs", 39) + 3, 1, "<B"),
        "interrupt 39 of VM 1"),
    "an interrupt goes astray": (
        flip(lambda i: i.element("irqs", 39) + 6, 1, "<H"),
        "does not go to its home vCPU"),
    "a CPU runs another's vCPU": (
        flip(lambda i: i.element("slots", 0), 1, "<I"),
        "runs another CPU's vCPU"),
    "doorbells may flood a vCPU": (
        lambda i: i.put(i.element("vcpus", 0) + 20, 0, "<I"),
        "doorbells may interrupt it every 0 ns"),
    "two VMs are joined": (
        flip(lambda i: i.element("links", 0) + 16, 2, "<I"),
        "joins vCPUs of two VMs"),
    "a VM may power the board off": (
        lambda i: (i.put(i.element("caps", 0), 1, "<I"), i.put(i.element("caps", 0) + 16, (1 << 64) - 1)),
        "that only a service may have"),
    "a VM rings from elsewhere": (
        lambda i: i.put(i.element("caps", 0) + 16, i.get(i.element("caps", 2) + 16, "<I"), "<I"),
        "rings by a link of another CPU"),
    "a budget is above its period": (
        lambda i: i.put(i.element("services", 0) + 56, 1 << 40),
        "budget above its period"),
    "an array is too long": (
        lambda i: i.put(i.fmap + 112 + 8 * 3 + 4, 4096, "<I"),
        "does not lie in it"),
    # What the console says of VMs
    "the console takes memory for larger": (
        flip(lambda i: i.window("memory@40000000") + 4, 0x1000, "<I"),
        "console: what VM a has at 0x40000000 is there 0 times"),
    "the console takes a device for another's": (
        flip(lambda i: i.window("pl061@9030000") + 8, 1, "<B"),
        "console: what VM a has at 0x9030000 is there 0 times"),
    "the console takes a reader for a writer": (
        flip(lambda i: i.window("channel post") + 9, 2, "<B"),
        "console: what VM a has at 0x20000000 is there 0 times"),
    "the console knows of a UART elsewhere": (
        flip(lambda i: i.window("pl011@9000000"), 1, "<I"),
        "console: what VM a has at 0x9000000 is there 0 times"),
    "the console counts a window more": (
        flip(lambda i: i.svcconf() + 60, 32, "<I"),
        "windows of VMs, there are"),
    "the console counts more windows than there can be": (
        flip(lambda i: i.svcconf() + 60, 1 << 20, "<I"),
        "no configuration at"),
    "a window's name has no end": (
        lambda i: struct.pack_into("22s", i.data, i.window("pl061@9030000") + 10, b"x" * 22),
        "a name without an end"),
    # The header
    "the head looks for memory at a device": (
        lambda i: i.put(HEADER + 360, 0x9000000),
        "the head would look for memory where the board has none"),
    "the head sums up more than there is": (
        lambda i: i.put(HEADER + 368, 1 << 32),
        "the head's sum is of 0x100000000 bytes"),
    "the head sums up its first page alone": (
        lambda i: i.put(HEADER + 368, 0x1000),
        "the head's sum leaves out what is no guest's image"),
    "the head sums up all but the last table": (
        lambda i: i.put(HEADER + 368, i.get(HEADER + 368) - 0x1000),
        "the head's sum leaves out what is no guest's image"),
    "the kernel's UART has its data elsewhere": (
        lambda i: (i.put(HEADER + 80, 0x1000, "<I"), i.put(i.fmap + 96, 0x1000, "<I")),
        "the kernel's UART has registers beyond its page"),
    "the head knows of no distributor": (
        lambda i: i.put(HEADER + 56, 0),
        "the kernel's distributor is not that of the header"),
    "a VM goes on after its end": (
        lambda i: i.put(i.element("vms", 0) + 112, 0, "<B"),
        "action 0 cannot follow on health event 0"),
    "other magic": (
        lambda i: i.put(HEADER, 0),
        "wrong magic"),
    "the zeroed range is elsewhere": (
        flip(lambda i: HEADER + 24, 0x1000),
        "does not follow the file"),
    "the boot CPU is another": (
        flip(lambda i: HEADER + 104, 1),
        "differ in its MPIDR"),
}


@pytest.fixture(scope="module")
def image(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    (folder / "ab.dts").write_text(DESCRIPTION)
    tool = VERIFY.parent / "partita"
    subprocess.run([tool, "build", str(folder / "ab.dts"), "-o", str(folder / "ab.img")] + world[1],
                   check=True, timeout=60)
    return (folder / "ab.img").read_bytes()


def verify(data, tmp_path):
    path = tmp_path / "mutant.img"
    path.write_bytes(data)
    return subprocess.run([VERIFY, str(path)], capture_output=True, text=True, timeout=60)


def test_hashing_again_alone_changes_nothing(image, tmp_path):
    again = Image(image).hashed()
    run = verify(again, tmp_path)
    assert again == image
    assert run.returncode == 0 and "proven: " in run.stdout


@pytest.mark.parametrize("name", MUTANTS)
def test_is_caught(name, image, tmp_path):
    mutant = Image(image)
    mutate, reason = MUTANTS[name]
    mutate(mutant)
    assert mutant.data != image
    run = verify(mutant.hashed(), tmp_path)
    assert run.returncode == 1, run.stdout + run.stderr
    assert reason in run.stdout
    assert "hash differs" not in run.stdout
