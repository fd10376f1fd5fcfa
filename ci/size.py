#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""size.py BUILD SYSTEM MAP OBJECT...

Prints the measures that the project holds itself to: code at EL2 as cloc counts it (the sources of
the kernel's objects and the headers that they really include, from the compiler's own lists), the
kernel's bytes, and the memory of SYSTEM that no guest owns, from `partita map`'s list in MAP.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

GOAL_LINES = 3500
GOAL_TEXT_BYTES = 28 * 1024


def kernel_files(objects):
    """Every file of the tree that went into the objects."""
    files = set()
    for each in objects:
        with open(os.path.splitext(each)[0] + ".d", encoding="utf-8") as rules:
            first = rules.read().replace("\\\n", " ").split("\n", 1)[0]
        files.update(os.path.normpath(path) for path in first.split(":", 1)[1].split())
    return sorted(path for path in files if not path.startswith(("/", "..")))


def code_lines(files):
    """cloc's lines of code by folder: of what is compiled and linked, and of the headers it includes."""
    with tempfile.NamedTemporaryFile("w") as names:
        names.write("\n".join(files))
        names.flush()
        out = subprocess.run(["cloc", "--quiet", "--by-file", "--json", f"--list-file={names.name}"],
                             check=True, capture_output=True, text=True).stdout
    linked, headers = {}, {}
    for path, counts in json.loads(out).items():
        if path in ("header", "SUM"):
            continue
        folder = os.path.dirname(os.path.normpath(path))
        lines = headers if path.endswith(".h") else linked
        lines[folder] = lines.get(folder, 0) + counts["code"]
    return linked, headers


def section_bytes(elf):
    out = subprocess.run(["aarch64-linux-gnu-size", "-A", elf], check=True,
                         capture_output=True, text=True).stdout
    return {name: int(size) for name, size in re.findall(r"^(\.\w+)\s+(\d+)\s+[1-9]", out, re.MULTILINE)}


def memory_rows(path):
    """(bytes, what) of each row of the map's first table, physical memory, that is in the boot image
    or cleared at boot, but for the guests' own images."""
    with open(path, encoding="utf-8") as text:
        table = text.read().partition("Physical memory\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^ +0x([0-9a-f]+)-0x([0-9a-f]+) .*? (?:image|zero) +(.*)$", table, re.MULTILINE)
    return [(int(end, 16) + 1 - int(start, 16), what) for start, end, what in rows
            if ": image of its " not in what]


def verdict(value, goal):
    return f"goal: at most {goal:,}" + ("" if value <= goal else f"; MISSED by {value - goal:,}")


def main(build, system, map_file, objects):
    linked, headers = code_lines(kernel_files(objects))
    total = sum(linked.values())
    print(f"Code at EL2          {total:>9,} lines   {verdict(total, GOAL_LINES)}")
    for folder in sorted(linked):
        print(f"  {folder:<18} {linked[folder]:>9,}")
    print(f"Headers it includes  {sum(headers.values()):>9,} lines")
    for folder in sorted(headers):
        print(f"  {folder:<18} {headers[folder]:>9,}")
    sections = section_bytes(os.path.join(build, "kernel.elf"))
    text = sections.pop(".text")
    print(f"Kernel, .text        {text:>9,} bytes   {verdict(text, GOAL_TEXT_BYTES)}")
    for name in sections:
        print(f"  {name:<18} {sections[name]:>9,}")

    # "kernel, CPU 0: stack" and "kernel, CPU 1: stack" are one row of the sum.
    groups = {}
    for size, what in memory_rows(map_file):
        owner, _, part = what.partition(": ")
        owner = re.sub(r"^(VM) \w+|, CPU \d+$", lambda match: "monitors" if match.group(1) else "", owner)
        part = re.sub(r"^monitor's | \d+$", "", part)
        groups[f"{owner}: {part}"] = groups.get(f"{owner}: {part}", 0) + size
    print(f"Memory of {system}, beside what its guests own   {sum(groups.values()) // 1024:,} KiB")
    for what, size in sorted(groups.items(), key=lambda item: -item[1]):
        print(f"  {what:<42} {size // 1024:>6,}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], sys.argv[4:]))
