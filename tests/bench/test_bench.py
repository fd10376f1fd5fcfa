# SPDX-License-Identifier: Apache-2.0
"""No event costs more than tests/bench/reference.json says, which `make bench ACCEPT=1` writes anew.

Figures are exact, so the allowance is for changes of the source that mean no harm. Another compiler
makes other code: then there is nothing to compare with, and the test only tells the figures.
"""

import json

import pytest

import bench
import exits
from events import CPUS, EVENTS

ALLOWANCE = 1.02


@pytest.fixture(scope="module")
def reference():
    with open(bench.REFERENCE, encoding="utf-8") as text:
        return json.load(text)


@pytest.fixture(scope="module")
def measured():
    return bench.measure()


def dearer(reference, measured, allowance):
    """"EVENT on CPU: n instead of n" for each figure of Partita's that grew by more than that."""
    for name, event in reference.items():
        for cpu, figures in event["cpus"].items():
            was, now = figures["partita"][0], measured[name]["cpus"][cpu]["partita"][0]
            if now > was * allowance:
                yield f"{name} on {cpu}: {now:g} instead of {was:g}"


def test_no_event_costs_more_than_the_reference(reference, measured):
    here = bench.provenance()["compiler"]
    if here != reference["compiler"]:
        pytest.skip(f"compiled by {here}, the reference by {reference['compiler']}")
    assert not list(dearer(reference["events"], measured, ALLOWANCE))


def test_the_bench_itself_costs_what_it_did(reference, measured):
    """Without a hypervisor nothing of ours but the guest is there: a difference is the instrument's."""
    for name, event in reference["events"].items():
        for cpu, figures in event["cpus"].items():
            assert measured[name]["cpus"][cpu].get("native") == figures.get("native"), f"{name} on {cpu}"


def test_two_runs_give_the_same_figures(measured):
    again = bench.run("partita", CPUS[0])
    assert again == {event.name: measured[event.name]["cpus"][CPUS[0]]["partita"] for event in EVENTS}


def test_a_dearer_event_is_found(reference):
    """A check that cannot fail is none."""
    worse = json.loads(json.dumps(reference["events"]))
    worse["gicd_typer_read"]["cpus"]["max"]["partita"][0] *= 1.03
    (complaint,) = dearer(reference["events"], worse, ALLOWANCE)
    assert complaint.startswith("gicd_typer_read on max")


def test_the_profiler_finds_every_instruction_that_the_guest_counts():
    """Two ways to count: QEMU's plugin and the guest's counter. They differ by the arguments of a call,
    by the marks themselves, and by what a CPU did just before."""
    found = exits.exits()
    assert set(found) == {event.name for event in EVENTS}
    for name, (figure, one) in found.items():
        assert abs(len(one.steps) - figure) <= 5, f"{name}: {len(one.steps)} traced, {figure:g} counted"
        assert "other" not in one.worlds, f"{name}: instructions of no program"
