# SPDX-License-Identifier: Apache-2.0
"""Mutants of an image: (name, image) pairs, hashes not yet made anew. Those of `aimed` break an invariant
each and must be caught; of the others the judge in meaning.py says which do."""

import random

from image import ADDRESS, HEADER, PAGE

AF, AP2, XN, S2_READ, S2_WRITE, NORMAL, DEVICE = 1 << 10, 1 << 7, 1 << 54, 1 << 6, 1 << 7, 0xf << 2, 1 << 2
RAM, DEVICE_KIND, CHANNEL = 0, 1, 2
BOARD, KERNEL, CPU, VM, MONITOR, SERVICE = range(6)


def change(image, world, va, clear=0, set=0):
    at = image.entry(world, va)
    assert image.get(at) & 1, "nothing is mapped there: the mutant would prove nothing"
    image.put(at, image.get(at) & ~clear | set)


def redirect(image, world, va, pa):
    change(image, world, va, clear=ADDRESS, set=pa)


def row(image, kind, owner_kind, owner=0):
    """The first row of memory of that kind."""
    for i in range(image.count("memory")):
        if (image.of("memory", i, "kind"), image.of("memory", i, "owner_kind"),
                image.of("memory", i, "owner")) == (kind, owner_kind, owner):
            return i
    raise AssertionError


def swap(image, a, b, size=8):
    value = image.get(a, size)
    image.put(a, image.get(b, size), size)
    image.put(b, value, size)


# ---- Single bits ----

def descriptor_bits(image):
    """Every bit of a descriptor of each kind that there is: world, level, attributes."""
    seen = {}
    for world in image.worlds():
        for offset, level, va in image.descriptors(world):
            d = image.get(offset)
            seen.setdefault((world[0], level, d & ~ADDRESS), (world, offset, va))
    for (world, offset, va) in seen.values():
        for bit in range(64):
            mutant = image.copy()
            mutant.put(offset, image.get(offset) ^ 1 << bit)
            yield f"{world[0]} {world[1]}: bit {bit} of the descriptor for {va:#x}", mutant


def random_descriptor_bits(image, count, seed):
    chance = random.Random(seed)
    every = [(world, offset, va) for world in image.worlds() for offset, _, va in image.descriptors(world)]
    for _ in range(count):
        world, offset, va = chance.choice(every)
        bit = chance.randrange(64)
        mutant = image.copy()
        mutant.put(offset, image.get(offset) ^ 1 << bit)
        yield f"{world[0]} {world[1]}: bit {bit} of the descriptor for {va:#x}", mutant


def field_values(value, old, chance):
    """Its last bit and two of: near ones, the ends, one bit, what other things may be called."""
    bits = 8 * value.size
    new = {old + 1, old - 1, 0, -1, old ^ 1 << chance.randrange(bits), 2, 3, old << 1, old + PAGE}
    new = {v & ((1 << bits) - 1) for v in new} - {old, old ^ 1}
    return [old ^ 1] + chance.sample(sorted(new), 2)


def is_idle(image, value):
    """Of an array's many elements that say nothing."""
    return (value.name.startswith(("irqs[", "conf of", "idregs[")) and "[" in value.name and
            not any(image.data[value.offset:value.offset + value.size]))


def fields(image, seed):
    """Other values of every field of every structure; of idle ones, which are many, of some."""
    chance = random.Random(seed)
    for value in image.values():
        if value.name == "header.hash" or (is_idle(image, value) and chance.random() < 0.95):
            continue
        if value.text:
            news = [(f"bit {bit}", None) for bit in (0, chance.randrange(8 * value.size))]
        else:
            old = image.get(value.offset, value.size)
            news = [(f"{old:#x} is {new:#x}", new) for new in field_values(value, old, chance)]
        for name, new in news:
            mutant = image.copy()
            if new is None:
                bit = int(name[4:])
                mutant.data[value.offset + bit // 8] ^= 1 << bit % 8
            else:
                mutant.put(value.offset, new, value.size)
            yield f"{value.name}: {name}", mutant


def random_bytes(image, count, seed):
    """Single bits anywhere in what is a table or a structure, used or not."""
    chance = random.Random(seed)
    tables = {image.offset(image.root(world)) for world in image.worlds()}
    for world in image.worlds():
        tables |= {image.offset(image.get(offset) & ADDRESS) for offset, level, _ in image.descriptors(world)
                   if level < 3 and image.get(offset) & 2}
    fmap = range(image.fmap, image.fmap + PAGE * -(-image.field("fmap", image.fmap, "bytes") // PAGE), PAGE)
    pages = sorted(tables | set(fmap))
    for _ in range(count):
        offset, bit = chance.choice(pages) + chance.randrange(PAGE), chance.randrange(8)
        mutant = image.copy()
        mutant.data[offset] ^= 1 << bit
        yield f"bit {bit} of the file's byte {offset:#x}", mutant


# ---- Pointers ----

def targets(image):
    """Physical addresses of all kinds that are somebody's, or nobody's."""
    abi, load = image.abi, image.header("load_pa")
    yield "the kernel", load
    yield "the f-map", image.header("fmap_pa")
    for world in image.worlds():
        yield f"the root table of {world[0]} {world[1]}", image.root(world)
    for world, name, va in (
            (("cpu", 0), "CPU 0's stack", abi["STACK_VA"]), (("cpu", 1), "CPU 1's state", abi["CPU_VA"]),
            (("cpu", 0), "the shared area", abi["SHARED_VA"]), (("cpu", 1), "CPU 1's log", abi["LOG_VA"]),
            (("cpu", 0), "the distributor", abi["GICD_VA"]), (("cpu", 1), "a redistributor", abi["GICR_VA"]),
            (("cpu", 0), "the UART", abi["EARLY_UART_VA"]),
            (("monitor", 0), "monitor 0's data", abi["COMP_DATA"]),
            (("monitor", 1), "monitor 1's stack", abi["COMP_STACKS"]),
            (("monitor", 0), "monitor 0's lines", abi["COMP_LINES"]),
            (("monitor", 0), "monitor 0's text", abi["COMP_TEXT"]),
            (("monitor", 1), "monitor 1's channel", abi["COMP_CHANNELS"]),
            (("monitor", 0), "VM 0's image", abi["COMP_IMAGES"]),
            (("monitor", 1), "VM 1's configuration", abi["COMP_CONF"]),
            (("service", 0), "the console's data", abi["COMP_DATA"]),
            (("guest", 0), "VM 0's memory", 0x40000000), (("guest", 1), "VM 1's memory", 0x40000000),
            (("guest", 0), "VM 0's device", 0x09030000)):
        yield name, image.pa(world, va)
    yield "RAM of nobody", 0x60000000
    yield "registers of nobody", 0x0a000000
    yield "no RAM of this board", 0x90000000
    yield "an address above the board's", 1 << 41


def redirections(image, seed):
    """A descriptor of each world, level and attributes, to half of all that there is."""
    chance = random.Random(seed)
    places = list(targets(image))
    seen = {}
    for world in image.worlds():
        for offset, level, va in image.descriptors(world):
            seen.setdefault((world, level, image.get(offset) & ~ADDRESS), (offset, va))
    for (world, level, _), (offset, va) in seen.items():
        for name, pa in chance.sample(places, len(places) // 2):
            d = image.get(offset)
            pa &= ~((1 << 21) - 1) if level == 2 and not d & 2 else ~(PAGE - 1)
            if d & ADDRESS == pa:
                continue
            mutant = image.copy()
            mutant.put(offset, d & ~ADDRESS | pa)
            yield f"{world[0]} {world[1]}: {va:#x} of level {level} is {name}", mutant


def roots(image):
    """Each world with the tables of each other."""
    for world in image.worlds():
        for other in image.worlds():
            if world == other:
                continue
            mutant = image.copy()
            at = image.root_place(world)
            mutant.put(at, image.get(at) & ~ADDRESS | image.root(other))
            yield f"{world[0]} {world[1]} has the tables of {other[0]} {other[1]}", mutant


def swaps(image):
    """Two descriptors of one table, or the root tables or contexts of two worlds, change places."""
    for world in image.worlds():
        by_table = {}
        for offset, level, va in image.descriptors(world):
            by_table.setdefault(offset // PAGE, []).append((offset, va))
        for entries in by_table.values():
            for (a, va), (b, vb) in zip(entries, entries[1:]):
                mutant = image.copy()
                swap(mutant, a, b)
                yield f"{world[0]} {world[1]}: {va:#x} and {vb:#x} change places", mutant
    worlds = list(image.worlds())
    for i, a in enumerate(worlds):
        for b in worlds[:i]:
            if (a[0] == "cpu") == (b[0] == "cpu"):
                mutant = image.copy()
                swap(mutant, image.root_place(a), image.root_place(b))
                yield f"{a[0]} {a[1]} and {b[0]} {b[1]} change tables", mutant


# ---- Aimed at an invariant: (name, what the checker is to say, mutant) ----

def made(image, cases):
    for name, (says, mutate) in cases.items():
        mutant = image.copy()
        mutate(mutant)
        assert mutant.data != image.data, name
        yield (name, says), mutant


def context_field(world, path, flip):
    def mutate(image):
        index = image.context(world)
        image.set_of("contexts", index, path, image.of("contexts", index, path) ^ flip)
    return mutate


def set_field(name, index, path, value):
    return lambda image: image.set_of(name, index, path, value)


def swap_field(name, a, b, path):
    def mutate(image):
        first, second = image.of(name, a, path), image.of(name, b, path)
        image.set_of(name, a, path, second)
        image.set_of(name, b, path, first)
    return mutate


def same_vmid(image):
    a, b = image.context(("guest", 0)), image.context(("guest", 1))
    vmid = image.of("contexts", a, "vttbr_el2") & ~ADDRESS
    image.set_of("contexts", b, "vttbr_el2", vmid | image.of("contexts", b, "vttbr_el2") & ADDRESS)


def rows_agree(kind, owner_kind, owner, field, value, *tables):
    """A row and all tables that it speaks of say the same wrong thing."""
    def mutate(image):
        image.set_of("memory", row(image, kind, owner_kind, owner), field, value)
        for world, va, pa in tables:
            redirect(image, world, va, pa)
    return mutate


def console_swaps_channels(image):
    """What VM 0 writes comes out as VM 1's: both tables are consistent in themselves."""
    first, stride = image.abi["COMP_CHANNELS"], image.abi["COMP_CHANNEL_STRIDE"]
    for at in (0, PAGE):
        swap(image, image.entry(("service", 0), first + at), image.entry(("service", 0), first + stride + at))


def writable_log(image):
    change(image, ("service", 0), image.abi["COMP_LOGS"], set=S2_WRITE)


def image_hash(image):
    image.data[image.offset(image.pa(("monitor", 0), image.abi["COMP_IMAGES"])) + 0x100] ^= 1


def irq_to(owner):
    def mutate(image):
        image.set_of("irqs", 39, "owner", owner)
        image.set_of("irqs", 39, "cpu", image.of("vcpus", image.of("vms", owner, "vcpu[0]"), "cpu"))
        image.set_of("vms", 0, "irq_count", 0)
        image.set_of("vms", owner, "irq_count", 1)
    return mutate


def steal_device(image):
    """VM 1 has the device too, by its row and by its tables."""
    at = image.entry(("guest", 1), 0x40400000)
    image.put(at, image.get(at) & ~(ADDRESS | NORMAL) | DEVICE | XN | 0x09030000)


def aimed(image):
    abi = image.abi
    guest_a, guest_b, monitor_a, monitor_b = ("guest", 0), ("guest", 1), ("monitor", 0), ("monitor", 1)
    cases = {
        "W^X: kernel text is writable": (
            "kernel text at .* has rights rwx, not r-x",
            lambda i: change(i, ("cpu", 0), abi["KERNEL_VA"], clear=AP2)),
        "W^X: the kernel's stack is executable": (
            "writable and executable",
            lambda i: change(i, ("cpu", 1), abi["STACK_VA"], clear=XN)),
        "W^X: a monitor writes its text": (
            "part of the image's file is writable",
            lambda i: change(i, monitor_a, abi["COMP_TEXT"], set=S2_WRITE)),
        "W^X: a monitor executes its data": (
            "executes something else than its text",
            lambda i: change(i, monitor_b, abi["COMP_DATA"], clear=XN)),
        "kernel: the f-map is writable": (
            "the f-map at .* has rights rw-, not r--",
            lambda i: change(i, ("cpu", 0), abi["FMAP_VA"], clear=AP2)),
        "kernel: maps a guest's memory": (
            "the kernel maps memory that is not the image's",
            lambda i: redirect(i, ("cpu", 0), abi["LOG_VA"], i.pa(guest_a, 0x40000000))),
        "kernel: maps tables": (
            "a page of tables is mapped",
            lambda i: redirect(i, ("cpu", 1), abi["STACK_VA"], i.root(guest_b))),
        "kernel: two CPUs have one stack": (
            "one CPU reaches what is another's alone",
            lambda i: redirect(i, ("cpu", 1), abi["STACK_VA"], i.pa(("cpu", 0), abi["STACK_VA"]))),
        "kernel: a CPU has another's redistributor": (
            "one CPU reaches what is another's alone",
            lambda i: redirect(i, ("cpu", 1), abi["GICR_VA"], i.pa(("cpu", 0), abi["GICR_VA"]))),
        "owner: VM 1 has a page of VM 0": (
            "two owners",
            lambda i: redirect(i, guest_b, 0x40400000, i.pa(guest_a, 0x40000000))),
        "owner: VM 1 reads a page of VM 0": (
            "two owners",
            lambda i: (redirect(i, guest_b, 0x40400000, i.pa(guest_a, 0x40000000)), change(i, guest_b,
                0x40400000, clear=S2_WRITE))),
        "owner: a guest has its monitor's data": (
            "a guest sees the image's own memory",
            lambda i: redirect(i, guest_b, 0x40400000, i.pa(monitor_b, abi["COMP_DATA"]))),
        "owner: a guest reads the f-map": (
            "a guest sees the image's own memory",
            lambda i: redirect(i, guest_b, 0x40400000, i.header("fmap_pa"))),
        "owner: a guest has its own tables": (
            "a page of tables is mapped",
            lambda i: redirect(i, guest_b, 0x40400000, i.root(guest_b))),
        "owner: a monitor has another's data": (
            "two owners",
            lambda i: redirect(i, monitor_a, abi["COMP_DATA"], i.pa(monitor_b, abi["COMP_DATA"]))),
        "owner: a monitor has another's lines": (
            "two owners",
            lambda i: redirect(i, monitor_a, abi["COMP_LINES"], i.pa(monitor_b, abi["COMP_LINES"]))),
        "owner: a monitor reads another's image": (
            "two owners",
            lambda i: redirect(i, monitor_a, abi["COMP_IMAGES"], i.pa(monitor_b, abi["COMP_IMAGES"]))),
        "owner: the console writes a log": (
            "two owners",
            writable_log),
        "owner: a monitor writes what the console writes": (
            "two owners",
            lambda i: change(i, monitor_a, abi["COMP_CHANNELS"] + PAGE, set=S2_WRITE)),
        "owner: the console takes one VM for another": (
            "two owners",
            console_swaps_channels),
        "owner: the console has a VM's memory": (
            "two owners",
            lambda i: redirect(i, ("service", 0), abi["COMP_DATA"], i.pa(guest_a, 0x40000000))),
        "device: undeclared registers": (
            "pl061@9030000 at .* is mapped to 0xa000000, which is not its place",
            lambda i: redirect(i, guest_a, 0x09030000, 0x0a000000)),
        "device: the distributor": (
            "two owners",
            lambda i: redirect(i, guest_a, 0x09030000, 0x08000000)),
        "device: the console's UART": (
            "two owners",
            lambda i: redirect(i, guest_a, 0x09030000, 0x09000000)),
        "device: another VM's": (
            "two owners",
            steal_device),
        "device: declared and mapped, but the distributor's": (
            "it is given twice",
            rows_agree(DEVICE_KIND, VM, 0, "pa", 0x08000000, (guest_a, 0x09030000, 0x08000000))),
        "device: declared and mapped, but RAM": (
            "it is given twice",
            rows_agree(DEVICE_KIND, VM, 0, "pa", 0x70000000, (guest_a, 0x09030000, 0x70000000))),
        "memory: declared, but nobody has it": (
            "it is given twice",
            lambda i: i.set_of("memory", row(i, RAM, VM, 0), "bytes", 0x600000)),
        "memory: mapped, but the board has none": (
            "the board has no RAM at 0x90000000",
            rows_agree(RAM, VM, 2, "pa", 0x90000000, (("guest", 2), 0x40000000, 0x90000000), (("monitor", 2),
                0x40000000, 0x90000000))),
        "memory: declared and mapped, but another's": (
            "it is given twice",
            rows_agree(RAM, VM, 2, "pa", image.pa(guest_a, 0x40000000), (("guest", 2), 0x40000000,
                image.pa(guest_a, 0x40000000)), (("monitor", 2), 0x40000000, image.pa(guest_a, 0x40000000)))),
        "memory: declared and mapped, but the image's": (
            "is the image's own",
            rows_agree(RAM, VM, 2, "pa", image.header("load_pa"), (("guest", 2), 0x40000000,
                image.header("load_pa")), (("monitor", 2), 0x40000000, image.header("load_pa")))),
        "memory type: a device is cacheable": (
            "has rights rw-, not rw- as a device",
            lambda i: change(i, guest_a, 0x09030000, set=NORMAL)),
        "memory type: a device is executable": (
            "device memory at .* is executable",
            lambda i: change(i, guest_a, 0x09030000, clear=XN)),
        "memory type: a page is not cacheable for one of two": (
            "none of the kinds that belong here",
            lambda i: change(i, monitor_b, 0x40400000, clear=NORMAL, set=5 << 2)),
        "memory type: RAM as a device": (
            "device memory and normal memory at once",
            lambda i: change(i, guest_b, 0x40400000, clear=NORMAL, set=DEVICE | XN)),
        "tables: one that is its own child": (
            "is used twice",
            lambda i: i.put(i.entry(guest_a, 0x40000000, 1), i.root(guest_a) | 3)),
        "tables: one outside the image": (
            "is not in the image",
            lambda i: i.put(i.entry(guest_a, 0x40000000, 1), 0x50000003)),
        "tables: one is a guest's memory": (
            "is not in the image",
            lambda i: i.put(i.entry(guest_b, 0x40000000, 1), i.pa(guest_b, 0x40000000) | 3)),
        "tables: two guests share one": (
            "is used twice",
            lambda i: i.put(i.entry(guest_b, 0x40000000, 1), i.get(i.entry(guest_a, 0x40000000, 1)))),
        "tables: the f-map is one": (
            "none of the kinds that belong here",
            lambda i: i.put(i.entry(guest_b, 0x40000000, 1), i.header("fmap_pa") | 3)),
        "VMID: two worlds have one": (
            "have the same VMID 1",
            same_vmid),
        "VMID: the kernel's 0": (
            "VMID 0",
            context_field(guest_a, "vttbr_el2", 1 << 48)),
        "VMID: more than 8 bits": (
            "VMID 257",
            context_field(guest_a, "vttbr_el2", 1 << 56)),
        "register: stage 2 is off": (
            "guest 0: HCR_EL2 lacks bits 0x1$",
            context_field(guest_a, "hcr_el2", 1)),
        "register: SMC does not trap": (
            "guest 1: HCR_EL2 lacks bits 0x80000$",
            context_field(guest_b, "hcr_el2", 1 << 19)),
        "register: interrupts go to EL1": (
            "HCR_EL2 lacks bits 0x10$",
            context_field(guest_a, "hcr_el2", 1 << 4)),
        "register: a monitor is at EL1": (
            "monitor 0: HCR_EL2 lacks bits 0x8000000$",
            context_field(monitor_a, "hcr_el2", 1 << 27)),
        "register: FP is open to a monitor": (
            "CPTR_EL2 lacks bits 0x400$",
            context_field(monitor_a, "cptr_el2", 1 << 10)),
        "register: debug is open": (
            "MDCR_EL2 lacks bits 0x200$",
            context_field(guest_a, "mdcr_el2", 1 << 9)),
        "register: the physical timer is open": (
            "CNTHCTL_EL2 has bits 0x2$",
            context_field(guest_a, "cnthctl_el2", 2)),
        "register: a larger space": (
            "VTCR_EL2 is",
            lambda i: i.put_field("fmap", i.fmap, "vtcr_el2", i.field("fmap", i.fmap, "vtcr_el2") - 1)),
        "register: the kernel's space is larger": (
            "TCR_EL2 is",
            lambda i: i.put_field("image_header", HEADER, "tcr_el2", i.header("tcr_el2") - 1)),
        "register: SVE is promised": (
            "ID register .* promises",
            set_field("idregs", 0, "value[32]", 0x0000000101000011)),
        "interrupt: another VM's": (
            "differ in its physical interrupts",
            irq_to(1)),
        "interrupt: the console's is a VM's": (
            "may end interrupt 33, which is not its own",
            lambda i: (i.set_of("irqs", 33, "kind", 1), i.set_of("irqs", 33, "vintid", 33), i.set_of("irqs",
                33, "badge", 0), i.set_of("vms", 0, "irq_count", 2))),
        "interrupt: nobody's is a VM's": (
            "differ in its physical interrupts",
            lambda i: (i.set_of("irqs", 50, "kind", 1), i.set_of("irqs", 50, "vintid", 50), i.set_of("vms", 0,
                "irq_count", 2))),
        "interrupt: goes to another CPU": (
            "does not go to its home vCPU",
            set_field("irqs", 39, "cpu", 2)),
        "CPU: a slot of another CPU's vCPU": (
            "runs another CPU's vCPU",
            set_field("slots", 0, "vcpu", 1)),
        "CPU: two vCPUs on one": (
            "is not on the CPU that has it",
            set_field("vcpus", 1, "cpu", 0)),
        "CPU: two are one": (
            "CPUs 0 and 1 are one",
            lambda i: (i.set_of("cpus", 1, "mpidr", i.of("cpus", 0, "mpidr")), i.put_field("image_header",
                HEADER, "cpu[1].mpidr", i.header("cpu[0].mpidr")))),
        "CPU: a vCPU of another VM": (
            "VM 0: vCPU 1 is not its own",
            set_field("vms", 0, "vcpu[1]", 2)),
        "time: a slot longer than its frame": (
            "overlaps another, or the frame's end",
            lambda i: (i.set_of("cpus", 0, "frame_ns", 1000), i.set_of("slots", 0, "length_ns", 1001))),
        "time: a budget above its period": (
            "budget above its period",
            set_field("services", 0, "budget_ns", 1 << 40)),
        "time: a service takes all": (
            "may take all of its time",
            lambda i: i.set_of("services", 0, "budget_ns", i.of("services", 0, "period_ns"))),
        "capability: a VM powers the board off": (
            "a capability that only a service may have",
            lambda i: (i.set_of("caps", 0, "kind", 1), [i.set_of("caps", 0, f"link[{n}]",
                0xffffffff) for n in range(8)])),
        "capability: no link for a vCPU": (
            "a: vCPU 1 has no doorbell",
            set_field("caps", 0, "link[1]", 0xffffffff)),
        "capability: another VM's doorbell": (
            "has 2 senders",
            lambda i: i.set_of("caps", 0, "link[0]", i.of("caps", 1, "link[0]"))),
        "capability: of another": (
            "has capabilities of another",
            lambda i: (i.set_of("vms", 0, "cap_count", 3), i.set_of("vms", 1, "cap_first", 3))),
        "capability: a service ends a VM's interrupt": (
            "may end interrupt 39, which is not its own",
            lambda i: [i.set_of("caps", n, "intid", 39) for n in range(i.count("caps")) if i.of("caps", n,
                "kind") == 2]),
        "link: joins two VMs": (
            "joins vCPUs of two VMs",
            set_field("links", 0, "src", 2)),
        "link: another badge": (
            "does not ring console as its channel 0",
            lambda i: i.set_of("links", i.of("caps", 0, "link[0]"), "badge", 1)),
        "link: to another destination": (
            "ends on another CPU|does not ring console",
            lambda i: i.set_of("links", i.of("caps", 0, "link[0]"), "dst", 2)),
        "link: a log is told by another CPU": (
            "its log's link is another's",
            swap_field("cpus", 0, 1, "log_link")),
        "header: other magic": (
            "wrong magic",
            lambda i: i.put_field("image_header", HEADER, "magic", 0)),
        "header: what is zeroed is elsewhere": (
            "does not follow the file",
            lambda i: i.put_field("image_header", HEADER, "zero_pa", i.header("zero_pa") + PAGE)),
        "header: boots another CPU": (
            "differ in its MPIDR",
            lambda i: swap(i, *(i.place("image_header", HEADER, f"cpu[{n}].mpidr")[0] for n in (0, 1)))),
        "header: an array is too long": (
            "does not lie in it",
            lambda i: i.put_field("fmap", i.fmap, "vcpus.count", 4096)),
        "hash: a guest's image": (
            "the hash of image 0 differs",
            image_hash),
    }
    yield from made(image, cases)
