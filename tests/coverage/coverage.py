#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""coverage.py [--write] [--read] [PYTEST-ARGUMENT...]

Runs the attack suite, the system tests and the Linux boots among them twice under the plugin: with the
kernel as it is shipped, for its instructions and stays at EL2, and with the one that counts, for the
branches and conditions of its C; then the kernel's unit tests, counted too. Prints the figures beside
their goals and what has no reason in unreached.txt; --write puts the figures into docs/coverage.md.
--read: as they were told by the last runs. Ends with 1 if a goal is missed or the list is not right.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from kernel import OUT, TOP
from measure import LIMIT, Watch, pytest, results
from reasons import Reasons, functions
from source import Coverage, raw_profile, share

GOALS = {"instructions": 95, "branches": 95, "conditions": 90}
COUNTING = os.path.join(OUT, "counting")
LONG_LIMIT = 10 * LIMIT         # the counting kernel's stays are of no interest
# All of them, but for what shows nothing new and takes minutes: cases that flood the console while time is
# counted, for instance, which are run without that too. And without what damages the kernel itself: where it
# goes then it does not go of its own. And the proofs of images: no board is in them, and counters can be
# written.
LEFT_OUT = ("(test_storm and V11_console)", "many_lives", "flood_of_rings", "two_builds",
            "built_by_llvm", "10000", "test_flips", "built_and_proven")
TESTS = ["-k", " and ".join(f"not {each}" for each in LEFT_OUT), "tests/attack", "tests/system"]
DOCUMENT = os.path.join(TOP, "docs/coverage.md")


def variant(environment, out, counting):
    return {**environment, "O": os.path.relpath(out, TOP), "COVERAGE": "1" if counting else "0"}


def build(out, counting):
    """Everything that the tests would build, and the plugin. QEMU too: two runs cannot fetch it at once."""
    images = [os.path.join(out, folder, os.path.basename(path)[:-4] + ".img")
              for pattern, folder in (("systems/*.dts", ""), ("tests/system/*.dts", "tests"),
                                      ("tests/attack/attack.dts", "tests/attack"))
              for path in glob.glob(os.path.join(TOP, pattern))]
    units = [os.path.join(out, "unit/kernel", os.path.basename(path)[:-2])
             for path in glob.glob(os.path.join(TOP, "tests/unit/kernel/*.c"))] if counting else []
    targets = [os.path.relpath(each, TOP) for each in (os.path.join(out, "coverage/el2.so"), *images, *units)]
    targets.append("build/foreign/qemu/qemu-system-aarch64")
    environment = {name: value for name, value in variant(os.environ, out, counting).items()
                   if not name.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "--no-print-directory", "-s", *targets], cwd=TOP, env=environment, check=True)
    return units


def log_of(out):
    return os.path.join(out, "coverage/tests.log")


def run(out, counting, arguments):
    """The tests with one kernel. Of the counting one their results are no figure: it is slower."""
    watch = Watch(out, LONG_LIMIT if counting else LIMIT)
    shutil.rmtree(watch.folder, ignore_errors=True)
    os.makedirs(watch.folder)
    begun = time.monotonic()
    told = pytest(variant(watch.environment(), out, counting), arguments, log_of(out))
    print(f"{'counting' if counting else 'shipped'} kernel: {', '.join(told)}"
          f" in {time.monotonic() - begun:.0f} s; {os.path.relpath(log_of(out), TOP)}", flush=True)


def run_units(units):
    """{program: profile}"""
    profiles = {each: f"{COUNTING}/coverage/{os.path.basename(each)}.profraw" for each in units}
    for each, profile in profiles.items():
        subprocess.run([each], env=dict(os.environ, LLVM_PROFILE_FILE=profile), check=True,
                       capture_output=True)
    return profiles


# ---- Figures ----

def instructions(watch, report, reasons):
    """(executed, all); what was not executed is to have a reason."""
    places = watch.kernel.places()
    by_function, executed, total = Counter(), 0, 0
    index = {each.address: (each.address - watch.base) // 4 for each in watch.kernel.instructions}
    for address, at in index.items():
        by_function[places[address].path, places[address].function] += at in report.executed
    for address, at in index.items():
        place = places[address]
        total += 1
        executed += at in report.executed
        if at not in report.executed:
            reasons.explain(place.path, place.function, place.line, "instruction",
                            not by_function[place.path, place.function])
    return executed, total


def kinds(gaps):
    found = Counter("condition" if "condition" in gap.what else "branch" for gap in gaps)
    return ", ".join(f"{n} {kind if n == 1 else {'branch': 'branches'}.get(kind, kind + 's')}"
                     for kind, n in sorted(found.items()))


def by_units_alone(board, both, units, folder):
    """What is open on the board and not with unit tests, by function, with the programs that show it."""
    left, shown = set(board.gaps()) - set(both.gaps()), {}
    for program, profile in units.items():
        one = Coverage([program], [profile], os.path.join(folder, "one.profdata"))
        there = {(path, line, column) for path, line, column in one.branches | one.conditions}
        seen = {gap for gap in left if (gap.path, gap.line, gap.column) in there} - set(one.gaps())
        for gap in seen:
            shown.setdefault(gap, set()).add(os.path.basename(program))
    yield f"open on the board, and shown by programs of tests/unit/kernel: {kinds(left)}"
    functions_of = {}
    for gap in left:
        functions_of.setdefault((gap.path, functions(gap.path)[gap.line - 1]), []).append(gap)
    for (path, function), gaps in sorted(functions_of.items()):
        programs = set().union(*(shown.get(gap, {"several"}) for gap in gaps))
        yield f"  {' '.join([path, function]).strip()}: {kinds(gaps)}: {', '.join(sorted(programs))}"


def percent(pair):
    return 100 * pair[0] / pair[1] if pair[1] else 0


def figure(what, pair, goal=None):
    line = f"{what:<58}{pair[0]:>7,} of {pair[1]:>7,}  {percent(pair):6.1f} %"
    if goal:
        line += f"  goal: {goal} %" + ("" if percent(pair) >= goal else "; MISSED")
    return line


def figures(units):
    """Yields lines; the last value is whether all is well."""
    reasons = Reasons()
    shipped, counting = Watch(OUT, LIMIT), Watch(COUNTING, LONG_LIMIT)
    report, counted = shipped.report(), counting.report()
    folder = os.path.join(COUNTING, "coverage")
    target = os.path.join(folder, "target.profraw")
    raw_profile(counting.kernel, counted.counters, target)
    elf, merged = os.path.join(COUNTING, "kernel.elf"), os.path.join(folder, "merged.profdata")
    done = instructions(shipped, report, reasons)
    on_target = Coverage([elf], [target], merged)
    both = Coverage([elf, *units], [target, *units.values()], merged)
    for gap in both.gaps():
        function = functions(gap.path)[gap.line - 1]
        reasons.explain(gap.path, function, gap.line, gap.what, (gap.path, function) not in both.ran)
    branches, conditions = ([share(getattr(each, what)) for each in (on_target, both)]
                            for what in ("branches", "conditions"))
    rows = [("EL2 instructions executed, kernel as shipped", done, GOALS["instructions"]),
            ("branches of the kernel's C, on the board", branches[0], None),
            ("conditions that decided (MC/DC), on the board", conditions[0], None),
            ("branches, with unit tests", branches[1], GOALS["branches"]),
            ("conditions that decided (MC/DC), with unit tests", conditions[1], GOALS["conditions"])]
    for row in rows:
        yield figure(*row)
    yield f"{report.runs} runs of boards with the kernel as shipped, {counted.runs} with the one that counts"
    told = results(log_of(OUT))
    yield f"tests with the kernel as shipped: {', '.join(told)}"
    yield ""
    yield from shipped.stays(report)
    yield ""
    yield f"stays longer than {LIMIT:,}, by their beginning and their reason in long.txt:"
    yield from shipped.longs(report)
    yield ""
    yield from by_units_alone(on_target, both, units, folder)
    yield ""
    yield (f"without a reason in unreached.txt: {len(reasons.without)}; "
           f"reasons for nothing: {len(reasons.stale())}")
    for (path, function, text), what in sorted(reasons.without.items()):
        kinds = Counter(re.sub(r" \d+$", "", each) for each in what)
        yield f"  {path} {function} | {text} | {', '.join(f'{n} {kind}' for kind, n in kinds.items())}"
    for each in reasons.stale():
        yield f"  stale: {each.path} {each.function} | {each.text}"
    bad = [each for each in told if "failed" in each or "error" in each]
    yield not (bad or reasons.without or reasons.stale() or report.strangers or report.lost or
               not all(map(shipped.accounted, shipped.named(report))) or
               any(goal and percent(pair) < goal for _, pair, goal in rows))


def write(lines):
    """Between the markers of the document."""
    with open(DOCUMENT, encoding="utf-8") as f:
        before, _, rest = f.read().partition("<!-- figures -->\n")
    after = rest.partition("<!-- end -->")[2]
    kept = "\n".join(lines).partition("\n\nwithout a reason")[0]
    with open(DOCUMENT, "w", encoding="utf-8") as f:
        f.write(f"{before}<!-- figures -->\n```\n{kept}\n```\n<!-- end -->{after}")


def main(arguments):
    options = {each for each in arguments if each in ("--write", "--read")}
    tests = [each for each in arguments if each not in options] or TESTS
    units = build(COUNTING, True)
    build(OUT, False)
    if "--read" not in options:
        # Most of them wait for something most of the time.
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: run(*each, tests), ((OUT, False), (COUNTING, True))))
    *lines, well = figures(run_units(units))
    print("\n".join(lines))
    if "--write" in options:
        write(lines)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
