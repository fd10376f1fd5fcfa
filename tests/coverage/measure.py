# SPDX-License-Identifier: Apache-2.0
"""Runs under the plugin el2.c, and what it told: the names are those of its `struct report`."""

import os
import re
import struct
import subprocess
import sys
from collections import Counter, namedtuple

from kernel import OUT, TOP, Kernel, LAYOUT

LIMIT = 2000                    # instructions of a stay; longer ones are named
SHARE = 20                      # the function that is the reason has one of so many of them, at least

BOOT, IDLE = "boot", "idle"
# Entries, in the order of their numbers: where each is, by offset in a table of vectors.
ENTRIES = [(BOOT, None), (IDLE, None)] + [
    (f"{who} {what}", (table, offset))
    for table, who in (("vectors_plain", "plain"), ("vectors_history", "history cleared"))
    for what, offset in (("synchronous", 0x400), ("interrupt", 0x480), ("FIQ", 0x500), ("SError", 0x580),
                         ("synchronous AArch32", 0x600), ("interrupt AArch32", 0x680),
                         ("FIQ AArch32", 0x700), ("SError AArch32", 0x780))]
CLASSES = 64
KINDS_MAX = 32 * CLASSES
WORDS_MAX, COUNTERS_MAX, LONG_MAX = 0x10000, 0x20000, 64

# ESR_EL2.EC: DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)".
EC = {0x00: "unknown", 0x01: "WFI or WFE", 0x07: "FP or SIMD", 0x0e: "illegal state", 0x11: "SVC, AArch32",
      0x12: "HVC, AArch32", 0x13: "SMC, AArch32", 0x15: "SVC", 0x16: "HVC", 0x17: "SMC",
      0x18: "system register", 0x20: "fetch", 0x22: "PC alignment", 0x24: "load or store",
      0x26: "SP alignment", 0x2c: "FP exception", 0x30: "breakpoint", 0x32: "software step",
      0x34: "watchpoint", 0x38: "BKPT", 0x3c: "BRK"}

Kind = namedtuple("Kind", "count instructions longest")
Long = namedtuple("Long", "kind reason count longest functions")
Reason = namedtuple("Reason", "function most why")


def long_reasons():
    """Of long.txt: a stay that comes by this function may have so many instructions."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "long.txt"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                function, most, why = (field.strip() for field in line.split(" | "))
                yield Reason(function, int(most.replace(",", "")), why)


class Report:
    """Of one run, or the sum of several."""

    def __init__(self):
        self.runs = 0
        self.strangers = self.lost = 0
        self.kinds = {}                                 # number: Kind
        self.executed, self.taken, self.passed = set(), set(), set()    # indices of instructions
        self.counters = b""
        self.longs = {}                                 # (kind, busiest): (count, longest, Counter)

    def read(self, path, words, counted):
        """counted: bytes of its counters that are numbers."""
        with open(path, "rb") as f:
            head = struct.unpack("<3Q", f.read(24))
            kinds = f.read(KINDS_MAX * 24)
            executed, taken, passed = (f.read(WORDS_MAX)[:words] for _ in range(3))
            counters = f.read(COUNTERS_MAX)
            if not head[0]:
                return
            assert head[0] == words, f"{path} is of another kernel"
            self.runs += 1
            self.strangers += head[1]
            self.lost += head[2]
            for number, kind in enumerate(struct.iter_unpack("<3Q", kinds)):
                if kind[0]:
                    old = self.kinds.get(number, Kind(0, 0, 0))
                    self.kinds[number] = Kind(old.count + kind[0], old.instructions + kind[1],
                                              max(old.longest, kind[2]))
            for mine, flags in ((self.executed, executed), (self.taken, taken), (self.passed, passed)):
                mine.update(i for i, flag in enumerate(flags) if flag)
            if counted:
                self.counters_add(counters, counted)
            for _ in range(LONG_MAX):
                kind, busiest, count, longest, _ = struct.unpack("<5Q", f.read(40))
                if not count:
                    break
                counts = struct.unpack(f"<{WORDS_MAX}I", f.read(4 * WORDS_MAX))
                old = self.longs.get((kind, busiest), (0, 0, None))
                histogram = old[2] if old[1] >= longest else Counter(
                    {i: n for i, n in enumerate(counts[:words]) if n})
                self.longs[kind, busiest] = (old[0] + count, max(old[1], longest), histogram)

    def counters_add(self, counters, counted):
        """Numbers up to `counted` are added, bits behind are collected."""
        old = self.counters or bytes(len(counters))
        numbers = f"<{counted // 8}Q"
        sums = map(sum, zip(struct.unpack_from(numbers, old), struct.unpack_from(numbers, counters)))
        self.counters = struct.pack(numbers, *sums) + bytes(
            a | b for a, b in zip(old[counted:], counters[counted:]))


def kind_name(number):
    entry, ec = divmod(number, CLASSES)
    name = ENTRIES[entry][0]
    return f"{name}: {EC.get(ec, hex(ec))}" if "synchronous" in name else name


class Watch:
    """The plugin for runs of the kernel that was built in `out`; they leave their reports there."""

    def __init__(self, out=OUT, limit=LIMIT):
        self.kernel = Kernel(os.path.join(out, "kernel.elf"))
        self.base = LAYOUT["EL2_WINDOW"]
        self.plugin = os.path.join(out, "coverage/el2.so")
        self.folder = os.path.join(out, "coverage/runs")
        self.limit = limit
        self.binary = os.path.join(out, "kernel.bin")
        self.words = os.path.getsize(self.binary) // 4
        symbol = self.kernel.symbol
        self.counted = symbol.get("counters_bits", 0) - symbol.get("counters_first", 0)

    def environment(self):
        """For tests/system/board.py."""
        symbol = self.kernel.symbol
        starts = [(0, symbol["head"]), (0, symbol["secondary_start"])] + [
            (number, symbol[where[0]] + where[1]) for number, (_, where) in enumerate(ENTRIES) if where]
        arguments = [f"text={self.binary}", f"limit={self.limit}",
                     f"window={self.base:x}:{self.base + LAYOUT['KERNEL_BYTES_MAX']:x}",
                     f"head={symbol['released'] + 8 - self.base:x}:{symbol['head_end'] - self.base:x}",
                     *(f"{'sync' if 'synchronous' in ENTRIES[number][0] else 'entry'}={number}:{address:x}"
                       for number, address in starts)]
        if "counters_first" in symbol:
            arguments.append(f"counters={symbol['counters_first']:x}:{symbol['counters_end']:x}")
        return dict(os.environ, WATCHER=",".join([self.plugin, *arguments]), WATCHED=self.folder)

    def report(self):
        report = Report()
        for name in sorted(os.listdir(self.folder)):
            report.read(os.path.join(self.folder, name), self.words, self.counted)
        return report

    # ---- In words ----

    def stays(self, report):
        yield f"{'stays at EL2 that begin with':<44}{'how many':>12}{'average':>9}{'longest':>12}"
        for number, kind in sorted(report.kinds.items(), key=lambda item: -item[1].longest):
            yield (f"  {kind_name(number):<42}{kind.count:>12,}{kind.instructions // kind.count:>9,}"
                   f"{kind.longest:>12,}")

    def named(self, report):
        """[Long] for each kind and reason, the longest first; one without a reason has none."""
        places, reasons, found = self.kernel.places(), list(long_reasons()), {}
        for (kind, _), (count, longest, histogram) in report.longs.items():
            functions = Counter()
            for at, n in histogram.items():
                functions[places[self.base + 4 * at].function] += n
            reason = max(reasons, key=lambda each: functions[each.function])
            reason = reason if functions[reason.function] else None
            if kind_name(kind) == BOOT:
                reason = Reason("kernel_main", None, "boot")
            old = found.get((kind, reason), Long(kind_name(kind), reason, 0, 0, None))
            found[kind, reason] = Long(old.kind, reason, old.count + count, max(old.longest, longest),
                                       functions if longest >= old.longest else old.functions)
        return sorted(found.values(), key=lambda each: -each.longest)

    @staticmethod
    def accounted(each):
        """Is there a reason for it, with a share of the stay, and is it no longer than that says?"""
        if each.reason is None:
            return False
        return not each.reason.most or each.longest <= each.reason.most and \
            each.functions[each.reason.function] * SHARE >= each.longest

    def longs(self, report, functions=6):
        """In words, with the functions that the longest of each spends most in."""
        for each in self.named(report):
            why = each.reason.why if each.reason else "NO REASON"
            yield (f"{each.longest:>9,}  {each.kind}, {each.count:,} times: {why}"
                   + ("" if self.accounted(each) else "; TOO LONG"))
            yield "             " + ", ".join(f"{name} {n:,}" for name, n in
                                              each.functions.most_common(functions))


def results(log):
    """What a run of tests told last: ["3 passed", ..]."""
    with open(log, encoding="utf-8") as text:
        return re.findall(r"\d+ (?:passed|failed|errors?|skipped)", text.read().splitlines()[-1])


def pytest(environment, arguments, log):
    """Runs tests; what came of them."""
    with open(log, "w", encoding="utf-8") as out:
        subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
                        *arguments], cwd=TOP, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                       stderr=subprocess.STDOUT)
    return results(log)
