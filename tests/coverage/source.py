# SPDX-License-Identifier: Apache-2.0
"""Branches and conditions of the kernel's C, from a kernel that counts (counting.mk) and from unit
tests, by LLVM's tools."""

import json
import os
import struct
import subprocess
from collections import namedtuple

from kernel import TOP

VERSION = 19
MAGIC = int.from_bytes(b"\xfflprofr\x81", "big")
RAW_VERSION = 10
VALUE_KIND_LAST = 2
FOLDERS = ("kernel/", "arch/arm64/")

# A branch that never went one way, or a condition that never decided.
Gap = namedtuple("Gap", "path line column what")


def llvm(name, *arguments):
    return subprocess.run([f"llvm-{name}-{VERSION}", *arguments], check=True, capture_output=True, text=True,
                          cwd=TOP).stdout


def section(elf, name, folder):
    path = os.path.join(folder, name)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", "-j", name, elf, path], check=True)
    with open(path, "rb") as f:
        return f.read()


def raw_profile(kernel, counters, path):
    """Writes what the runtime of a hosted program would: compiler-rt, profile/InstrProfData.inc,
    INSTR_PROF_RAW_HEADER. Offsets between sections are those of the linked file."""
    folder = os.path.dirname(path)
    data, names = (section(kernel.path, name, folder) for name in ("__llvm_prf_data", "__llvm_prf_names"))
    first, middle, end, tables = (kernel.symbol[name] for name in
                                  ("counters_first", "counters_bits", "counters_end", "prf_data"))
    numbers, bits = counters[:middle - first], counters[middle - first:end - first]
    header = [MAGIC, RAW_VERSION, 0, len(data) // 64, 0, len(numbers) // 8, 0, len(bits), -len(bits) % 8,
              len(names), first - tables, middle - tables, 0, 0, 0, VALUE_KIND_LAST]
    with open(path, "wb") as f:
        f.write(struct.pack("<16Q", *(each % 2**64 for each in header)) + data + numbers + bits +
                bytes(-len(bits) % 8) + names + bytes(-len(names) % 8))


class Coverage:
    """Of profiles, over the objects they are of."""

    def __init__(self, objects, profiles, merged):
        llvm("profdata", "merge", "-o", merged, *profiles)
        more = [word for each in objects[1:] for word in ("-object", each)]
        out = json.loads(llvm("cov", "export", objects[0], *more, "-instr-profile", merged))
        self.branches, self.conditions = {}, {}         # (path, line, column): what was seen
        self.ran = {(os.path.relpath(each["filenames"][0], TOP), each["name"].split(":")[-1])
                    for each in out["data"][0]["functions"] if each["count"]}
        for each in out["data"][0]["files"]:
            path = os.path.relpath(each["filename"], TOP)
            if path.startswith(FOLDERS):
                self.add(path, each)

    def add(self, path, each):
        for line, column, _, _, true, false, *_ in each["branches"]:
            seen = self.branches.setdefault((path, line, column), [False, False])
            seen[0] |= true != 0
            seen[1] |= false != 0
        for record in each["mcdc_records"]:
            line, column, conditions = record[0], record[1], record[-1]
            old = self.conditions.get((path, line, column), [False] * len(conditions))
            self.conditions[path, line, column] = [a or b for a, b in zip(old, conditions)]

    def gaps(self):
        for (path, line, column), seen in sorted(self.branches.items()):
            for value, yes in zip(("true", "false"), seen):
                if not yes:
                    yield Gap(path, line, column, value)
        for (path, line, column), covered in sorted(self.conditions.items()):
            for number, yes in enumerate(covered, 1):
                if not yes:
                    yield Gap(path, line, column, f"condition {number} of {len(covered)}")


def share(seen):
    flat = [yes for each in seen.values() for yes in each]
    return sum(flat), len(flat)
