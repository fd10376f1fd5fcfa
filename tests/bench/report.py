#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""report.py [--write]

The reference as docs/performance.md has it: tables between `<!-- NAME -->` and `<!-- end -->`, and a
bar chart, docs/performance.svg. Without --write it only says whether they are current.
"""

import os
import re
import sys
from math import log10

import bench
from events import CPUS, EVENTS, REFERENCE_CPU
from linux import BOOTS
from machine import TOP
from phases import BULK

PAGE = os.path.join(TOP, "docs/performance.md")
CHART = os.path.join(TOP, "docs/performance.svg")

# Whole-system goals, and what Bao and Xen take; section, figure, goal, Bao, Xen.
BOOT_GOAL, BOOT_BAO, BOOT_XEN = 60_000, "328,766, with copying", "22.7 million"
LINUX_GOALS = {"quiet": 0.04, "console": 0.7}
SIZES = (
    ("lines", "code at EL2, lines (cloc)", "{:,}", 3500, "10,090", "80,120"),
    ("text", "`.text` at EL2, bytes", "{:,}", 28 * 1024, "65,288", "483,180"),
    ("memory", "memory taken on 1 CPU for 1 VM, without the guest's image, bytes", "{:,}", 160 * 1024,
     "245,760", "31.9 million"),
)


def number(value):
    """Without decimals that say nothing."""
    return "" if value is None else f"{value:,.2f}".removesuffix(".00")


def against(value, goal):
    return "" if goal is None else f"{number(goal)}, " + ("met" if value <= goal else f"{value / goal:.1f} x")


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" + " ---: |" * (len(head) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


# ---- Tables ----

def events(reference):
    def rows():
        for event in EVENTS:
            figures = reference["events"][event.name]
            ours = [figures["cpus"][cpu]["partita"][0] for cpu in CPUS]
            yield [event.title, number(figures["native"]), *map(number, ours),
                   against(figures["partita"], event.goal), *map(number, (event.bao, event.xen, event.kvm))]
    return table(["event", "no hypervisor", *(f"Partita, {cpu}" for cpu in CPUS), "goal", "Bao", "Xen",
                  "KVM"], rows())


def paths(reference):
    columns = (("kernel", "kernel"), ("monitor", "monitor"), ("code_lines", "code lines"),
               ("data_lines", "data lines"), ("monitor_code_lines", "monitor: code"),
               ("monitor_data_lines", "data"), ("device_accesses", "device accesses"),
               ("register_reads", "register reads"), ("register_writes", "writes"), ("barriers", "barriers"),
               ("tlb_maintenance", "TLB"))
    return table(["event", *(title for _, title in columns)],
                 ([event.title, *(number(reference["paths"][event.name][key]) for key, _ in columns)]
                  for event in EVENTS))


def growth(reference):
    systems = reference["growth"]
    return table(["event", "1 VM", "15 VMs", "512 interrupts", "15 VMs, 64 channels"],
                 ([event.title, *(number(systems[system][event.name]) for system in bench.GROWTH)]
                  for event in EVENTS))


def boot(reference):
    phases = {"a small guest": reference["boot"],
              "Linux": reference.get("linux", {}).get("quiet", {}).get("before", {})}
    names = sorted(set().union(*phases.values()), key=lambda name: (name in BULK, name))

    def total(found, bulk):
        return sum(count for name, count in found.items() if (name in BULK) == bulk)
    rows = [[name, *(number(found.get(name)) for found in phases.values())] for name in names]
    rows.append(["**without copying, hashing, zeroing, cleaning**",
                 *(number(total(found, False)) for found in phases.values())])
    rows.append([f"goal; Bao {BOOT_BAO}; Xen {BOOT_XEN}",
                 *(against(total(found, False), BOOT_GOAL) for found in phases.values())])
    return table(["phase", *phases], rows)


def linux(reference):
    def rows():
        for name in BOOTS:
            figures = reference["linux"][name]
            guest, native = figures["guest"], figures["native"]
            ours = sum(figures[world] for world in ("kernel", "monitor", "console"))
            added = 100 * (guest + ours - native) / native
            yield [name, *map(number, (native, guest, ours)), f"{added:+.3f} %",
                   f"{100 * ours / native:+.3f} %", f"{LINUX_GOALS[name]:+} %",
                   number(sum(figures["exits"].values()) + figures["interrupts"])]
    return table(["boot", "no hypervisor", "guest", "Partita's own", "all, to no hypervisor", "own, to it",
                  "goal", "exits"], rows())


def exits(reference):
    boots = {name: reference["linux"][name] for name in BOOTS}
    columns = {**boots, "idle second": reference["idle"]}
    counts = {name: {**figures["exits"], "interrupt": figures["interrupts"]}
              for name, figures in columns.items()}
    reasons = sorted(set().union(*counts.values()),
                     key=lambda reason: (-counts["console"].get(reason, 0), reason))
    return table(["exit", *columns],
                 ([reason, *(number(found.get(reason, 0)) for found in counts.values())]
                  for reason in reasons))


def sizes(reference):
    rows = [[title, form.format(reference["sizes"][key]), against(reference["sizes"][key], goal), bao, xen]
            for key, title, form, goal, bao, xen in SIZES]
    rows.append(["build of kernel, monitor, console and tool, processor seconds on some machine",
                 number(reference["build_seconds"]), "", "", ""])
    return table(["", "Partita", "goal", "Bao", "Xen"], rows)


def provenance(reference):
    yield f"Compiled by {reference['compiler']}; counted by QEMU {reference['qemu']}."


TABLES = {"events": events, "paths": paths, "growth": growth, "boot": boot, "linux": linux, "exits": exits,
          "sizes": sizes, "provenance": provenance}


def page(text, reference):
    """The page with its tables made anew."""
    def block(match):
        return "\n".join([f"<!-- {match[1]} -->", *TABLES[match[1]](reference), "<!-- end -->"])
    names = re.findall(r"^<!-- (\w+) -->$", text, re.MULTILINE)
    assert sorted(name for name in names if name != "end") == sorted(TABLES), "a table is missing, or twice"
    return re.sub(r"^<!-- (?!end )(\w+) -->$.*?^<!-- end -->$", block, text, flags=re.MULTILINE | re.DOTALL)


# ---- The chart: bars by the logarithm, one group for each event ----

WIDTH, LEFT, RIGHT, TOP_MARGIN = 860, 270, 90, 70
BAR, GROUP_GAP = 10, 12
DECADES = 6
SERIES = (("partita", "Partita", "ours"), ("bao", "Bao", "bao"), ("xen", "Xen", "xen"), ("kvm", "KVM", "kvm"))
STYLE = """
text { font: 12px sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: bold; }
.value { font-size: 10px; }
.grid { stroke: #d0d7de; }
.ours { fill: #0969da; } .bao { fill: #bf8700; } .xen { fill: #57606a; } .kvm { fill: #afb8c1; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.grid { stroke: #30363d; }
.ours { fill: #4493f8; } .bao { fill: #d29922; } .xen { fill: #9198a1; } .kvm { fill: #59616b; }
}
"""


def bars(reference):
    """(title, [(class, value), ..]) of each event that somebody else has a figure of."""
    for event in EVENTS:
        values = {"partita": reference["events"][event.name]["partita"], "bao": event.bao, "xen": event.xen,
                  "kvm": event.kvm}
        shown = [(style, values[key]) for key, _, style in SERIES if values[key]]
        if len(shown) > 1:
            yield event.title.replace("`", ""), shown


def x_of(value):
    return LEFT + (WIDTH - LEFT - RIGHT) * log10(max(value, 1)) / DECADES


def chart(reference):
    groups = list(bars(reference))
    height = TOP_MARGIN + sum(len(shown) * BAR + GROUP_GAP for _, shown in groups) + 10
    title = f"Instructions for one event ({REFERENCE_CPU}); fewer is better, each line is ten times more"
    out = ['<?xml version="1.0" encoding="UTF-8"?>', "<!-- SPDX-License-Identifier: Apache-2.0 -->",
           f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
           f"<title>{title}</title>", f"<style>{STYLE}</style>",
           f'<text class="title" x="10" y="22">{title}</text>']
    for at, (_, name, style) in enumerate(SERIES):
        out.append(f'<rect class="{style}" x="{LEFT + 90 * at}" y="36" width="12" height="12"/>'
                   f'<text x="{LEFT + 90 * at + 18}" y="46">{name}</text>')
    for decade in range(DECADES + 1):
        x = x_of(10 ** decade)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP_MARGIN - 6}" x2="{x:.1f}" y2="{height - 6}"/>')
    y = TOP_MARGIN
    for title, shown in groups:
        middle = y + len(shown) * BAR / 2 + 4
        out.append(f'<text x="{LEFT - 8}" y="{middle:g}" text-anchor="end">{title}</text>')
        for style, value in shown:
            end = x_of(value)
            out.append(f'<rect class="{style}" x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" '
                       f'height="{BAR - 1}"/>'
                       f'<text class="value" x="{end + 4:.1f}" y="{y + BAR - 2}">{number(value)}</text>')
            y += BAR
        y += GROUP_GAP
    return "\n".join([*out, "</svg>", ""])


def rendered():
    """{path: what it ought to hold}"""
    reference = bench.reference()
    with open(PAGE, encoding="utf-8") as text:
        return {PAGE: page(text.read(), reference), CHART: chart(reference)}


def stale():
    """The files that are not what the reference makes of them."""
    for path, wanted in rendered().items():
        if not os.path.exists(path):
            yield path
            continue
        with open(path, encoding="utf-8") as text:
            if text.read() != wanted:
                yield path


def main(arguments):
    if "--write" in arguments:
        for path, text in rendered().items():
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
    old = [os.path.relpath(path, TOP) for path in stale()]
    print(f"not current: {', '.join(old)}" if old else "docs/performance.md and its chart are current")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
