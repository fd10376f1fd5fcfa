# SPDX-License-Identifier: Apache-2.0
"""A board or an image that is not what the other was made for ends at boot, in a message that says why;
and the ways to boot that QEMU's own loader never takes."""

import functools
import os
import sys

import pytest

from board import OUT, TOP, image, make

sys.path.append(os.path.join(TOP, "tests/mutants"))

import layout  # noqa: E402
from image import HEADER, Image  # noqa: E402

LOAD = 0x40200000
NONE = 0xffffffff                # FMAP_NONE


@functools.cache
def sound(system):
    """An image, to be changed."""
    make(os.path.relpath(os.path.join(OUT, "partita-verify"), TOP))
    with open(image(system), "rb") as f:
        return Image(f.read(), layout.structs(os.path.join(OUT, "partita-verify")),
                     layout.numbers(os.path.join(TOP, "abi/layout.h")))


@pytest.fixture
def boots(board, tmp_path):
    """boots(change, arguments, ..): raw=, the address where a loader puts it and so many CPUs begin."""
    def boot(change, *arguments, raw=None, cpus=1, system="neighbours"):
        changed = sound(system).copy()
        change(changed)
        path = tmp_path / "changed.img"
        changed.sum_up()
        path.write_bytes(changed.hashed())
        if raw is None:
            return board(None, newer=True, arguments=["-kernel", str(path), *arguments])
        starts = [word for cpu in range(cpus) for word in ("-device", f"loader,addr={raw:#x},cpu-num={cpu}")]
        return board(None, newer=True, arguments=[
            *arguments, "-device", f"loader,file={path},addr={raw:#x},force-raw=on", *starts])
    return boot


def nothing(_):
    pass


def fmap(path, value):
    return lambda i: i.put_field("fmap", i.fmap, path, value)


def of(name, index, path, value):
    return lambda i: i.set_of(name, index, path, value)


def an_interrupt_of_a_vm_has_another_number(i):
    i.set_of("irqs", 40, "kind", 1)
    i.set_of("irqs", 40, "vintid", 41)


def a_cpu_that_nobody_has(i):
    i.put_field("image_header", HEADER, "cpu[3].mpidr", 0x700)


def moved(page, distance):
    """EL2's mapping of a page leads elsewhere."""
    def change(i):
        at = i.entry(("cpu", 0), i.abi[page])
        i.put(at, i.get(at) + distance)
    return change


def no_log(i):
    i.put(i.entry(("cpu", 0), i.abi["LOG_VA"]), 0)


def no_el3(i):
    i.put_field("image_header", HEADER, "flags", 0)


def no_services(i):
    for cpu in range(i.count("cpus")):
        i.set_of("cpus", cpu, "service_count", 0)
        i.set_of("cpus", cpu, "log_link", NONE)


STOPPED = {
    "f_map_magic": (fmap("magic", 1), "the f-map is of another version"),
    "f_map_version": (fmap("version", 99), "the f-map is of another version"),
    "two_slots": (of("cpus", 0, "slot_count", 2), "this kernel does not switch vCPUs on a CPU"),
    "a_frame": (of("cpus", 0, "frame_ns", 1000), "this kernel does not switch vCPUs on a CPU"),
    "interrupt_number": (an_interrupt_of_a_vm_has_another_number,
                         "an interrupt has another number for its VM"),
    "promised_feature": (of("idregs", 0, "value[32]", 0xffffffffffff),
                         "the core lacks a feature that the description promises to a VM"),
    "address_bits": (fmap("pa_bits", 52), "the core has fewer physical address bits than the tables assume"),
    "cpu_not_there": (a_cpu_that_nobody_has, "firmware refuses to start a CPU of the description"),
    "redistributor": (moved("GICR_VA", 0x20000), "a redistributor is not where the description says"),
}


@pytest.mark.parametrize("what", STOPPED)
def test_another_board_than_described_stops_at_boot(boots, what):
    change, message = STOPPED[what]
    boots(change).expect("", f"^Partita: stopped: {message}", 20)


def test_fault_of_the_kernel_is_told_and_stops(boots):
    each = boots(no_log)
    each.expect("", r"^Partita: exception at EL2: vector 0x200 ESR_EL2 0x9600\w+ ELR_EL2 0x4000\w+ "
                    r"FAR_EL2 0x4000090\w+", 20)
    each.expect("", "^Partita: stopped: a fault in the kernel", 20)


def test_uart_that_is_never_ready_keeps_no_vm_from_starting(boots):
    """The kernel gives its own lines up; the console service knows the UART by itself."""
    def change(i):
        fmap("uart.mask", 0xff00)(i)
        fmap("uart.ready", 0x0100)(i)

    each = boots(change)
    each.expect("partita", "starts", 20)
    assert not each.told("", "Partita")


def test_entry_at_el1_is_refused(boots):
    boots(nothing, "-M", "virtualization=off").expect("", "^Partita: stopped: entered at EL1", 20)


def test_place_too_near_the_right_one_is_refused(boots):
    boots(nothing, raw=LOAD + 0x800).expect("", "^Partita: stopped: loaded less than a page", 20)


def test_image_moves_itself_upwards(boots):
    boots(nothing, raw=LOAD - 0x100000).expect("", "^Partita .* on ", 20)


def test_el3_needs_a_board_that_says_so(boots):
    boots(no_el3, "-M", "secure=on", raw=LOAD).expect("", "^Partita: stopped: entered at EL3; on this", 20)


def test_el3_image_must_lie_in_its_place(boots):
    each = boots(nothing, "-M", "secure=on", raw=LOAD + 0x2000000, cpus=4)
    each.expect("", "^Partita: stopped: entered at EL3 the image must be loaded at its own", 20)


@pytest.mark.parametrize("cpu", ["cortex-a53", "max"])
def test_boot_from_el3(boots, cpu):
    """All CPUs come by themselves, with one more than the description knows; nobody can switch it off."""
    each = boots(nothing, "-M", "secure=on", "-smp", "5", "-cpu", cpu, raw=LOAD, cpus=5)
    each.expect("partita", "starts", 30)


def test_cpu_that_does_not_come_by_itself_stops_the_board(boots):
    each = boots(nothing, "-M", "secure=on", raw=LOAD, cpus=3)
    each.expect("", "^Partita: stopped: a CPU of the description does not come", 30)


def test_board_without_a_service_goes_off_with_its_last_vm(boots):
    quiet = boots(no_services, system="bare")
    quiet.expect("", "^Partita", 20)
    assert quiet.ends(20) == 0


def test_service_that_faults_is_stopped_and_the_board_still_goes_off(boots):
    each = boots(of("services", 0, "entry", 0x1000), system="bare")
    each.expect("", "^Partita: a service broke its contract and is stopped", 20)
    assert each.ends(30) == 0


def test_service_that_rings_what_is_not_its_own_is_stopped(boots):
    boots(of("services", 0, "cap_count", 0), system="bare").expect("", "^Partita: a service broke its", 20)


def test_board_from_el3_has_nobody_to_switch_it_off(boots):
    each = boots(nothing, "-M", "secure=on", raw=LOAD, cpus=4, system="bare")
    each.expect("partita", "^hello: .*off|^hello: stopped", 30)
    with pytest.raises(AssertionError, match="has not ended"):
        each.ends(3)
