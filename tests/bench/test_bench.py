# SPDX-License-Identifier: Apache-2.0
"""Nothing costs more than tests/bench/reference.json says, which `make bench ACCEPT=1` writes anew.

Figures are exact, so the allowance is for changes of the source that mean no harm. Another compiler
makes other code: then there is nothing to compare with, and those tests are skipped.
"""

import copy

import pytest

import bench
import exits
import machine
import phases
import report
from events import CPUS, EVENTS, REFERENCE_CPU

ALLOWANCE = 1.02


@pytest.fixture(scope="module")
def reference():
    return bench.reference()


@pytest.fixture(scope="module")
def comparable(reference):
    machine.build("bench/bench.img")
    here = machine.provenance()["compiler"]
    if here != reference["compiler"]:
        pytest.skip(f"compiled by {here}, the reference by {reference['compiler']}")
    return reference


@pytest.fixture(scope="module")
def measured():
    return bench.events()


def dearer(was, now):
    """"WHAT: n instead of n" for each that grew by more than the allowance."""
    for name, figure in was.items():
        if now[name] > figure * ALLOWANCE:
            yield f"{name}: {now[name]:g} instead of {figure:g}"


def averages(events):
    return {f"{name} on {cpu}": figures["partita"][0]
            for name, event in events.items() for cpu, figures in event["cpus"].items()}


def test_no_event_costs_more(comparable, measured):
    assert not list(dearer(averages(comparable["events"]), averages(measured)))


def test_no_phase_of_a_boot_costs_more(comparable):
    assert not list(dearer(comparable["boot"], phases.boot()))


def test_more_in_the_map_costs_no_event_more():
    one, *more = bench.growth().values()
    for figures in more:
        assert not list(dearer(one, figures))


@pytest.mark.parametrize("midr, rounds", [
    (0x410fd034, None), (0x411fd0b1, 24), (0x410fd4f0, 132), (0x410fdff0, 132), (0x510f8000, 132)])
def test_branch_history_is_cleared_at_each_entry(measured, midr, rounds):
    """Of a core by its MIDR_EL1: two instructions more for each branch but the last, which is not taken, and
    what surrounds them; an upcall has two entries. A core that nobody knows gets the most."""
    entry = 6 + 3 * rounds if rounds else 0
    plain = {event.name: measured[event.name]["cpus"][REFERENCE_CPU]["partita"][0] for event in EVENTS}
    figures = machine.bench("partita", f"cortex-a72,midr={midr:#x}")
    for name, entries in (("hvc_psci_version", 1), ("timer_spinning", 1), ("gicd_typer_read", 2)):
        assert figures[name][0] == plain[name] + entries * entry


def test_the_bench_itself_costs_what_it_did(comparable, measured):
    """Without a hypervisor nothing of ours but the guest is there: a difference is the instrument's."""
    for name, event in comparable["events"].items():
        for cpu, figures in event["cpus"].items():
            assert measured[name]["cpus"][cpu].get("native") == figures.get("native"), f"{name} on {cpu}"


def test_two_runs_give_the_same_figures(measured):
    again = machine.bench("partita", CPUS[0])
    assert again == {event.name: measured[event.name]["cpus"][CPUS[0]]["partita"] for event in EVENTS}


def test_the_profiler_finds_every_instruction_that_the_guest_counts():
    """Two ways to count: QEMU's plugin and the guest's counter. They differ by the arguments of a call,
    by the marks themselves, and by what a CPU did just before. One of a thousand is traced."""
    found = exits.exits()
    assert set(found) == {event.name for event in EVENTS}
    for name, ((_, least, most), one) in found.items():
        traced = len(one.steps)
        assert least - 5 <= traced <= most + 5, f"{name}: {traced} traced, {least} to {most} counted"
        assert "other" not in one.worlds, f"{name}: instructions of no program"


def test_what_costs_more_is_found(reference):
    """A check that cannot fail is none."""
    worse = copy.deepcopy(reference["events"])
    worse["gicd_typer_read"]["cpus"]["max"]["partita"][0] *= 1.03
    (complaint,) = dearer(averages(reference["events"]), averages(worse))
    assert complaint.startswith("gicd_typer_read on max")


def test_the_page_and_its_chart_are_what_the_reference_says():
    """`make bench ACCEPT=1` writes them."""
    assert not list(report.stale())
