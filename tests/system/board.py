# SPDX-License-Identifier: Apache-2.0
"""A board under QEMU, and what it says on its serial line.

The console service prints whole lines, "NAME | text", and keeps the unfinished line of the VM that
has the input on the cursor's row, where it changes and vanishes as a terminal lets it. So the reader
here is that terminal, one row high: `lines` has the lines that were completed, `row` the one that
was not.
"""

import itertools
import os
import re
import subprocess
import time
from collections import namedtuple

import pexpect

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.join(TOP, os.environ.get("O", "build"))
QEMU = os.environ.get("QEMU", "qemu-system-aarch64")
MACHINE = "virt,virtualization=on,gic-version=3,dtb-randomness=off"

# A plugin of QEMU's that watches each run: its file and its arguments, to which come out=, a file of
# the run's own in the folder, and counted=on if instructions are the time (tests/coverage).
WATCHER, WATCHED = os.environ.get("WATCHER"), os.environ.get("WATCHED")

# One instruction is one nanosecond of the guests' time: the same input gives the same run.
DETERMINISTIC = ["-icount", "shift=0,sleep=off", "-rtc", "clock=vm,base=2026-01-01"]

ESCAPE = "\x1d"  # Ctrl-], the console service's key
SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")

Line = namedtuple("Line", "vm text")


def make(*targets):
    """Builds through make, which knows what depends on what."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "--no-print-directory", "-s", *targets], cwd=TOP, env=env, check=True)


def image(name):
    """The boot image of systems/NAME.dts or tests/system/NAME.dts."""
    folder = "" if os.path.exists(os.path.join(TOP, "systems", name + ".dts")) else "tests"
    path = os.path.join(OUT, folder, name + ".img")
    make(os.path.relpath(path, TOP))
    return path


def newer_qemu():
    """A QEMU that is newer than Debian 12's: the one that would be used anyway, or else the one from
    backports, which is unpacked for this and not installed."""
    version = subprocess.run([QEMU, "--version"], check=True, capture_output=True, text=True).stdout
    if int(re.search(r"version (\d+)", version).group(1)) >= 9:
        return QEMU
    path = "build/foreign/qemu/qemu-system-aarch64"
    make(path)
    return os.path.join(TOP, path)


def documented_refusals():
    """What docs/guest-machine.md says that unmodified guests asked for and did not get."""
    with open(os.path.join(TOP, "docs", "guest-machine.md"), encoding="utf-8") as f:
        chapter = f.read().split("### What guests asked for and did not get\n")[1].split("\n#")[0]
    return set(re.findall(r"^\| [^|]+ \| `([^`]+)`", chapter, re.M))


class Terminal:
    """A terminal one row high."""

    def __init__(self):
        self.row = ""
        self.column = 0
        self.rest = ""  # of an escape sequence that has not come whole

    def feed(self, text):
        """Yields each line that was completed."""
        text = self.rest + text
        self.rest = ""
        at = 0
        while at < len(text):
            c = text[at]
            if c == "\x1b":
                sequence = SEQUENCE.match(text, at)
                if sequence:
                    self.control(*sequence.groups())
                    at = sequence.end()
                    continue
                if len(text) - at < 16:
                    self.rest = text[at:]
                    return
            elif c == "\n":
                yield self.row.rstrip()
                self.row, self.column = "", 0
            elif c == "\r":
                self.column = 0
            elif c == "\b":
                self.column = max(0, self.column - 1)
            elif c >= " ":
                row = self.row.ljust(self.column)
                self.row = row[:self.column] + c + row[self.column + 1:]
                self.column += 1
            at += 1

    def control(self, argument, final):
        count = int(argument) if argument.isdigit() else 0
        if final == "K" and count == 0:
            self.row = self.row[:self.column]
        elif final == "C":
            self.column += max(1, count)
        elif final == "D":
            self.column = max(0, self.column - max(1, count))


def watcher(deterministic, number=itertools.count()):
    """QEMU's arguments for it."""
    if not WATCHER:
        return []
    out = os.path.join(WATCHED, f"{os.getpid()}-{next(number)}")
    return ["-plugin", f"{WATCHER},out={out}{',counted=on' if deterministic else ''}"]


class Board:
    """Starts QEMU. Ends only the process it started."""

    def __init__(self, kernel, log, cpu="cortex-a72", arguments=(), deterministic=False, newer=False):
        # Older ones give a CPU all the time up to the next timer before another gets its turn.
        qemu = newer_qemu() if deterministic or newer or WATCHER else QEMU
        command = ["-M", MACHINE, "-cpu", cpu, "-smp", "4", "-m", "1G", "-nodefaults", "-nographic",
                   "-serial", "mon:stdio", *(DETERMINISTIC if deterministic else ()), *arguments,
                   *watcher(deterministic)]
        if kernel:
            command += ["-kernel", kernel]
        self.terminal = Terminal()
        self.lines = []
        self.seen = 0       # lines that expect() is done with
        self.slow = 8 if deterministic else 1
        os.makedirs(os.path.dirname(log), exist_ok=True)
        self.log = open(log, "w", encoding="utf-8", errors="replace")
        self.log.write(f"$ {qemu} {' '.join(command)}\n")
        self.qemu = pexpect.spawn(qemu, command, encoding="utf-8", codec_errors="replace", echo=False,
                                  dimensions=(24, 200))
        self.qemu.delaybeforesend = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.qemu.close(force=True)
        self.log.close()

    # ---- Listening ----

    def read(self, seconds=0.1):
        """Takes in what came. False: QEMU has ended."""
        try:
            text = self.qemu.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.log.write(text)
        self.log.flush()
        for line in self.terminal.feed(text):
            vm, bar, words = line.partition("|")
            if bar and re.fullmatch(r"[\w-]+ *", vm):
                self.lines.append(Line(vm.rstrip(), words[1:]))
            else:
                self.lines.append(Line("", line))
        return True

    def wait(self, reached, what, timeout):
        """Reads until reached() is true, and returns what it is."""
        end = time.monotonic() + timeout * self.slow
        alive = True
        while True:
            result = reached()
            if result:
                return result
            tail = "\n".join(f"  {vm} | {text}" for vm, text in self.lines[-15:])
            assert alive, f"QEMU ended before {what}; the last lines:\n{tail}"
            assert time.monotonic() < end, \
                f"no {what} in {timeout * self.slow} s; the last lines:\n{tail}\n  row: {self.terminal.row!r}"
            alive = self.read()

    def expect(self, vm, pattern, timeout=60):
        """The next line of that VM which matches; "" is what comes with no name. Lines before it
        are done with."""
        def reached():
            while self.seen < len(self.lines):
                line = self.lines[self.seen]
                self.seen += 1
                match = line.vm == vm and re.search(pattern, line.text)
                if match:
                    return match
            return None
        return self.wait(reached, f"line of {vm or 'the kernel'} like {pattern!r}", timeout)

    def told(self, vm, pattern, since=0):
        """All lines of that VM so far which match."""
        found = (re.search(pattern, line.text) for line in self.lines[since:] if line.vm == vm)
        return [match for match in found if match]

    def tells(self, vm, pattern, times, timeout=60):
        """Waits until that VM has told so many such lines in all. What a VM says and what is said of it
        come in no fixed order: `expect` would wait for a line that has been."""
        self.wait(lambda: len(self.told(vm, pattern)) >= times, f"{times} lines of {vm} like {pattern!r}",
                  timeout)

    def refusals(self, vm):
        """What the kernel's log says that this VM called, read, wrote or executed in vain."""
        what = rf"^{vm}: vCPU \d+ (?:\w+ (?:.+? at )?)(?:virtual )?(.+?)(?:[:,]| \(pc) "
        came = ".*(?:refused|undefined|injected|stopped|restarted)"
        return {match.group(1) for match in self.told("partita", what + came)}

    def ends(self, timeout=30):
        """Waits until QEMU ends by itself; its exit status."""
        end = time.monotonic() + timeout * self.slow
        while self.read():
            assert time.monotonic() < end, f"QEMU has not ended in {timeout * self.slow} s"
        self.qemu.close(force=False)
        return self.qemu.exitstatus

    # ---- Typing ----

    def type(self, text):
        self.qemu.send(text)

    def focus(self, vm, timeout=30):
        """Gives a VM the input, by its first letter; once the console has the UART, or that is lost."""
        self.wait(lambda: self.told("partita", "has the input"), "the console", timeout)
        self.type(ESCAPE + vm[0])
        self.expect("partita", rf"^{vm} has the input", timeout)

    def prompt(self, vm="linux", timeout=120):
        """Waits until that VM's shell asks for a command; "" is one on the bare board."""
        name = rf"{vm} *\| " if vm else ""
        self.wait(lambda: re.fullmatch(name + "/ # ?", self.terminal.row), f"prompt of {vm}", timeout)

    def shell(self, command, vm="linux", timeout=60):
        """Types a command at the prompt; the lines that it printed."""
        self.prompt(vm, timeout)
        start = len(self.lines)
        self.type(command + "\r")
        self.expect(vm, re.escape("/ # " + command[:60]), timeout)
        self.prompt(vm, timeout)
        return [text for name, text in self.lines[start:] if name == vm][1:]
