# SPDX-License-Identifier: Apache-2.0
"""EL2's registers on a running board, against controls.py; features, against registers.py."""

import os
import re
import subprocess

import pytest

import controls
import registers
from attack import SUM, Attack, image_of
from board import OUT, TOP, make
from gdb import Gdb, arguments
from image import Image
from layout import structs

# The least and the most that there are are enough for each change.
OFTEN = ("cortex-a53", "max")
MODELS = [pytest.param(model, marks=() if model in OFTEN else pytest.mark.soak) for model in registers.MODELS]
SYNC_LOWER_EL = 0x400  # in a vector table
MIDR_EL1 = registers.encode(3, 0, 0, 0, 0)
PMCR_EL0 = registers.encode(3, 3, 9, 12, 0)


def entry():
    """Where the kernel is entered from all worlds, by one instruction: there its two tables have met."""
    names = subprocess.run(["aarch64-linux-gnu-nm", os.path.join(OUT, "kernel.elf")], check=True,
                           capture_output=True, text=True).stdout
    at = {name: int(address, 16) for address, name in re.findall(r"^(\w+) \w (\w+)$", names, re.M)}
    return at["vectors_plain"] + SYNC_LOWER_EL + 4


def roots(kernel):
    """VTTBR_EL2 of the worlds that are on CPU 0, as the f-map of the image has them."""
    program = os.path.join(OUT, "partita-verify")
    make(os.path.relpath(program, TOP))
    with open(kernel, "rb") as f:
        image = Image(f.read(), structs(program), {})
    vcpu = next(n for n in range(image.count("vcpus")) if image.of("vcpus", n, "cpu") == 0)
    vm = image.of("vcpus", vcpu, "vm")
    contexts = {
        "guest": image.of("vms", vm, "guest_context"), "monitor": image.of("vms", vm, "vmm_context"),
        "service": image.of("services", 0, "context"),
    }
    return {world: image.of("contexts", n, "vttbr_el2") for world, n in contexts.items()}


def core_of(gdb, cpu):
    """Its ID registers, and what controls.py takes from the core."""
    ids = {name: gdb.mrs(cpu, registers.encode(3, 0, 0, *at)) for name, at in controls.ID_REGISTERS.items()}
    core = {"MIDR_EL1": gdb.mrs(cpu, MIDR_EL1), "HPMN": 0}
    if controls.core_has("PMUv3", ids):
        core["HPMN"] = gdb.mrs(cpu, PMCR_EL0) >> 11 & 0x1f
    return ids, core


def compare_worlds(gdb, kernel):
    """Reads all of it where the kernel has just been entered from each world, on the attacker's CPU."""
    wrong, at = [], entry()
    for world, root in roots(kernel).items():
        gdb.run_to(0, at, lambda root=root: gdb.read("VTTBR_EL2") == root)
        ids, core = core_of(gdb, 0)
        wrong += controls.compare(world, ids, core, lambda encoding: gdb.mrs(0, encoding))
    assert not wrong, "\n".join(wrong)
    return ids


ROUTED_TO_EL2 = 7 << 3          # HCR_EL2.AMO, IMO, FMO


def test_a_cpu_that_had_no_world_yet_is_woken_by_interrupts(tmp_path):
    """The attacker's second CPU sleeps in the kernel until its CPU_ON. On silicon an interrupt that is routed
    to EL1 does not end a WFI of EL2's; QEMU ends it all the same."""
    socket = str(tmp_path / "gdb")
    attack = Attack(image_of("attack"), os.path.join(OUT, "test-logs", "attack-asleep.log"),
                    arguments=arguments(socket))
    try:
        gdb = Gdb(socket)
        gdb.select(1)
        assert gdb.read("cpsr") & 0xf == 9 and gdb.read("VTTBR_EL2") == 0, "it had a world"
        assert gdb.read("HCR_EL2") & ROUTED_TO_EL2 == ROUTED_TO_EL2
    finally:
        attack.board.close()


@pytest.mark.parametrize("model", MODELS)
def test_controls_are_as_the_table_says(model, tmp_path):
    socket = str(tmp_path / "gdb")
    kernel = image_of("attack")
    attack = Attack(kernel, os.path.join(OUT, "test-logs", f"attack-controls-{model}.log"),
                    cpu=model, arguments=arguments(socket))
    try:
        gdb = Gdb(socket)
        gdb.go()
        attack.board.type("R15_vector_registers_survive_exits\r")
        gdb.stop()
        ids = compare_worlds(gdb, kernel)
        assert registers.features_of(ids) == registers.MODELS[model]
        gdb.go()
        attack.board.expect("attack", SUM)
        attack.witness_saw_nothing()
    finally:
        attack.board.close()
