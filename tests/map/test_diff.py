# SPDX-License-Identifier: Apache-2.0
"""`partita diff A B`: what changed, in the terms of the map, and nothing else."""

import random
import re
import struct

import pytest

def describe(folder, name, text):
    path = folder / f"{name}.dts"
    path.write_text(text)
    return path


GOOD = """/dts-v1/;
/ {
	compatible = "partita,system";
	platform = "qemu-virt";
	vms {
		one { cpus = <0 1>; memory = <0x0 0x40000000 0x0 0x400000>; kernel = "guest"; console;
			bootargs = "quiet"; devices = "/pl061@9030000"; };
		two { cpus = <2>; memory = <0x0 0x40000000 0x0 0x200000>; kernel = "guest"; };
	};
	services { console { cpu = <3>; }; };
};
"""

# What is replaced by what, and the lines that tell of it, in their order.
CHANGES = {
    "region grew": ("0x0 0x200000>", "0x0 0x300000>",
                    ["  VM two", "~ memory 0x40000000: 2 MiB rwx -> 3 MiB rwx"]),
    "region added": ("0x0 0x200000>", "0x0 0x200000 0x1 0x0 0x0 0x1000>",
                     ["  VM two", "+ memory 0x100000000: 4 KiB rwx"]),
    "CPU moved": ("cpus = <0 1>", "cpus = <1 0>",
                  ["  VM one", "~ vCPU 0: on CPU 0 -> on CPU 1", "~ vCPU 1: on CPU 1 -> on CPU 0",
                   "  Interrupts", "~ 39: level, to VM one as its 39, first on CPU 0 -> "
                   "level, to VM one as its 39, first on CPU 1"]),
    "interrupt moved": ('; devices = "/pl061@9030000"; };\n\t\ttwo {',
                        '; };\n\t\ttwo { devices = "/pl061@9030000";',
                        ["  VM one", "- device memory 0x9030000: 4 KiB rw-",
                         "  VM two", "+ device memory 0x9030000: 4 KiB rw-",
                         "  Interrupts", "~ 39: level, to VM one as its 39, first on CPU 0 -> "
                         "level, to VM two as its 39, first on CPU 2"]),
    "budget": ("cpu = <3>;", "cpu = <3>; budget-ns = <1000000>;",
               ["  Service console", "~ budget: 2 ms in any 10 ms -> 1 ms in any 10 ms"]),
    "boot arguments": ('"quiet"', '"loud"', ["  VM one", '~ boot arguments: "quiet" -> "loud"']),
    "console taken": ("console;\n", "\n",
                      ["  VM one", "- UART: at 0x9000000, interrupt 33", "  Channels",
                       "- VM one writes, console reads: 4 KiB", "- VM one rings console: yes"]),
    "VM gone": (re.search(r"\t\ttwo .*\n", GOOD)[0], "",
                ["  CPU 2", "- slot 0: vCPU 0 of VM two, always", "- VM two", "- vCPU 0: on CPU 2",
                 "  Channels", "- VM two writes, kernel reads: 4 KiB"]),
    "VM renamed": ("two {", "three {",
                   ["- VM two", "- vCPU 0: on CPU 2", "+ VM three", "+ vCPU 0: on CPU 2"]),
    "answer": ("cpus = <2>;", "cpus = <2>; upcall-budget-ns = <20000>;",
               ["  VM two", "~ its monitor, for an event: at most 1 s -> at most 20 us"]),
}


@pytest.fixture
def good(systems, tmp_path):
    (tmp_path / "guest").write_bytes(bytes(64))
    return describe(tmp_path, "good", GOOD)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_told(change, good, systems, tmp_path):
    old, new, lines = CHANGES[change]
    assert old in GOOD
    run = systems.run("diff", good, describe(tmp_path, "good2", GOOD.replace(old, new, 1)))
    told = [line if re.match("  \\w", line) else line.strip() for line in run.stdout.decode().splitlines()]
    assert run.returncode == 1 and run.stderr == b""
    at = 0
    for line in lines:
        assert line in told[at:], run.stdout.decode()
        at = told.index(line, at) + 1


def test_nothing_else_is_told(good, systems, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "guest").write_bytes(bytes(64))
    run = systems.run("diff", good, describe(other, "good", CHANGES["budget"][1].join(
        GOOD.split(CHANGES["budget"][0]))))
    assert run.stdout.decode() == ("  Service console\n"
                                   "    ~ budget: 2 ms in any 10 ms -> 1 ms in any 10 ms\n")


def test_a_changed_file_shows_in_its_hash(good, systems, tmp_path):
    before = systems.run("build", good, "-o", tmp_path / "before.img")
    (tmp_path / "guest").write_bytes(b"1" * 64)
    run = systems.run("diff", tmp_path / "before.img", good)
    assert before.returncode == 0 and run.returncode == 1
    changed = [line.strip() for line in run.stdout.decode().splitlines() if "~" in line]
    assert len(changed) == 2 and all(re.fullmatch(
        r"~ image kernel: 64 bytes at 0x40000000, BLAKE2b (\w{16})\.\. -> "
        r"64 bytes at 0x40000000, BLAKE2b (?!\1)\w{16}\.\.", line) for line in changed)


def test_a_description_and_its_image_are_the_same(good, systems, tmp_path):
    assert systems.run("build", good, "-o", tmp_path / "good.img").returncode == 0
    for a, b in ((good, tmp_path / "good.img"), (tmp_path / "good.img", good), (good, good)):
        run = systems.run("diff", a, b)
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


def test_what_keeps_it_from_comparing_is_status_2(good, systems, tmp_path):
    wrong = describe(tmp_path, "wrong", GOOD.replace("<2>", "<7>"))
    for arguments in ([good], [good, wrong], [wrong, good], [good, tmp_path / "nowhere"], [good, good, good],
                      [good, tmp_path / "guest"]):
        run = systems.run("diff", *arguments)
        assert run.returncode == 2 and run.stderr and not run.stdout


def test_damaged_images_end_in_a_message(good, systems, tmp_path):
    """Whatever an image says, reading it stays inside of it and ends."""
    assert systems.run("build", good, "-o", tmp_path / "good.img").returncode == 0
    image = (tmp_path / "good.img").read_bytes()
    fmap = struct.unpack_from("<Q", image, 0x40 + 40)[0] - struct.unpack_from("<Q", image, 0x48)[0]
    dice = random.Random(1)
    seen = set()
    for _ in range(150):
        mutant = bytearray(image)
        for _ in range(dice.choice((1, 4))):
            at = dice.choice((dice.randrange(0x48, 0x40 + 416), dice.randrange(fmap, fmap + 0x800),
                              dice.randrange(len(image) - 0x20000, len(image))))
            struct.pack_into("<I", mutant, min(at & ~3, len(image) - 4),
                             dice.choice((0, 0xffffffff, 0x80000000, dice.getrandbits(32))))
        if dice.random() < .1:
            del mutant[dice.randrange(0x200, len(mutant)):]
        (tmp_path / "mutant.img").write_bytes(mutant)
        run = systems.run("diff", tmp_path / "good.img", tmp_path / "mutant.img")
        seen.add(run.returncode)
        assert run.returncode in (0, 1, 2), run.returncode
        assert (run.returncode == 2) == bool(run.stderr)
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", run.stdout)
    assert {1, 2} <= seen
