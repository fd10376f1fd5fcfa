#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What can be said of the source without running it: `make check`.

Each rule is a generator of complaints "path:line: what is wrong". tests/house/test_check.py breaks
each of them once. Run from the top of the tree; CHECK_TARGET and CHECK_HOST are the compilers with
their flags, as the Makefile uses them.
"""

import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

LINE_LENGTH = 110
LINES_PER_CONDITIONAL = 1000

C = (".c", ".h")
CODE = (".c", ".h", ".S")
TEXT = CODE + (".py", ".sh", ".dts", ".dtsi")


def tree():
    """Every file that is or would be under version control."""
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], check=True,
                         capture_output=True, text=True).stdout
    return sorted(path for path in out.split("\n") if path and os.path.exists(path))


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def is_c(path):
    """Some headers are for the assembler or the linker alone."""
    return path.endswith(C) and not path.endswith(".ld.h") and "\t.macro" not in read(path)


def below(files, folders, endings):
    return [path for path in files
            if path.endswith(endings) and path.startswith(tuple(folder + "/" for folder in folders))]


# ---- Each file ----

def rule_licence(files):
    for path in files:
        if path == "LICENSE" or path.endswith(".md"):
            continue
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in read(path).split("\n")[:3]):
            yield f"{path}:1: no SPDX line among the first three"


def rule_leftovers(files):
    """Words and places that belong to somebody's desk, not to the project."""
    unfinished = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    folder = re.compile(r"(?<![\w.$)}*])/(work|home|root|Users)/")
    address = re.compile(r"(?<!xmlns=\")\b(https?|ftp)://")      # a namespace is a name, not a place
    registry = re.compile(r"\b(deb|ftp|security|snapshot|archive)\.debian\.|\bregistry\.\w|\bpypi\.\w")
    for path in files:
        if path == "LICENSE":
            continue
        for number, line in enumerate(read(path).split("\n"), 1):
            if unfinished.search(line):
                yield f"{path}:{number}: unfinished: {line.strip()}"
            if folder.search(line):
                yield f"{path}:{number}: a folder of one machine: {line.strip()}"
            named = registry.search(line) or (address.search(line) and not path.endswith(".md"))
            if named and path != "ci/check.py":
                yield f"{path}:{number}: a host's name: {line.strip()}"


def rule_text(files):
    for path in files:
        if not path.endswith(TEXT) and path != "Makefile":
            continue
        text = read(path)
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield f"{path}: does not end in one newline"
        for number, line in enumerate(text.split("\n"), 1):
            if len(line.expandtabs(8)) > LINE_LENGTH:
                yield f"{path}:{number}: longer than {LINE_LENGTH} columns"
            if line != line.rstrip():
                yield f"{path}:{number}: blanks at the end"
            if not line.isascii():
                yield f"{path}:{number}: not ASCII: {line.strip()}"


# ---- Format ----

def free_lines(text):
    """Lines whose breaks are the author's: macros, enumerations, initializers, strings, `?:`, asm."""
    free = set()
    macro = False
    depth = 0
    for number, line in enumerate(text.split("\n")):
        macro = macro or line.startswith("#define")
        start = re.search(r"(= *|= \(.*\)|, \(.*\))\{|^enum .*\{", line)
        if depth == 0 and start:
            depth = line[start.start():].count("{") - line[start.start():].count("}")
            free.add(number)
        elif depth > 0:
            depth += line.count("{") - line.count("}")
            free.add(number)
        if macro or re.search(r'^\s*"| \? .* : |\b__asm__\b', line):
            free.add(number)
        if not line.endswith("\\"):
            macro = False
    return free


def format_complaints(path):
    """Differences from what clang-format makes of it, but for columns within a line
    (`x = 1;   /* .. */`) and the breaks of free lines."""
    text = read(path)
    if not is_c(path):
        return []
    new = subprocess.run(["clang-format", path], check=True, capture_output=True, text=True).stdout
    shape = [re.sub(r"(?<=\S)[ \t]+", " ", line.replace("; )", ";)")) for line in text.split("\n")]
    wanted = [re.sub(r"(?<=\S)[ \t]+", " ", line) for line in new.split("\n")]
    free = free_lines(text)

    def bare(lines):
        return re.sub(r"[\s\\]", "", "".join(lines))

    complaints = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, shape, wanted, False).get_opcodes():
        if kind == "equal" or (bare(shape[a:b]) == bare(wanted[c:d]) and free & set(range(a, b))):
            continue
        ought = " / ".join(line.strip() for line in wanted[c:d])
        complaints.append(f"{path}:{a + 1}: format: clang-format makes this `{ought}`, with its indentation")
    return complaints


def rule_format(files):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for complaints in pool.map(format_complaints, [path for path in files if path.endswith(C)]):
            yield from complaints


# ---- Who may include whom ----

# Folder -> what its files may include: folders (with a slash at the end) and single headers.
LAYERS = {
    "abi": ("abi/",),
    "lib": ("abi/", "lib/"),
    "kernel": ("abi/", "lib/", "kernel/"),
    "arch/arm64/el0": ("abi/", "lib/", "arch/arm64/el0/", "vmm/entry.h", "vmm/port.h", "services/service.h"),
    "arch/arm64": ("abi/", "lib/", "arch/arm64/", "kernel/arch.h", "kernel/entry.h"),
    "vmm": ("abi/", "lib/", "vmm/"),
    "services": ("abi/", "lib/", "services/"),
    "guests": ("guests/",),
    "tools/partita": ("abi/", "lib/", "tools/partita/"),
    "tools/verify": ("abi/", "lib/", "tools/verify/"),
}
FREESTANDING = ("abi", "lib", "kernel", "arch", "vmm", "services", "guests")
FREESTANDING_HEADERS = ("float.h", "limits.h", "stdalign.h", "stdarg.h", "stdatomic.h", "stdbool.h",
                        "stddef.h", "stdint.h", "stdnoreturn.h")


def rule_layers(files):
    for path in files:
        if not path.endswith(CODE):
            continue
        layer = next((name for name in LAYERS if path.startswith(name + "/")), None)
        for number, line in enumerate(read(path).split("\n"), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            kind, header = match.groups()
            if kind == "<":
                if path.startswith(FREESTANDING) and header not in FREESTANDING_HEADERS:
                    yield f"{path}:{number}: freestanding code includes <{header}>"
            elif layer and not any(header == allowed or (allowed.endswith("/") and header.startswith(allowed))
                                   for allowed in LAYERS[layer]):
                yield f"{path}:{number}: {layer} may not include {header}"


def rule_places(files):
    """A directory is a promise."""
    assembly = re.compile(r"\b(__asm__|__asm|asm)\b\s*(volatile|__volatile__)?\s*\(")
    for path in below(files, ("kernel", "vmm", "services"), C):
        for number, line in enumerate(read(path).split("\n"), 1):
            if assembly.search(line):
                yield f"{path}:{number}: inline assembly outside arch/"
    for path in below(files, ("kernel", "vmm", "services"), (".S", ".s")):
        yield f"{path}: assembly outside arch/"
    for path in below(files, ("platforms",), ("",)):
        if not path.endswith((".dts", ".dtsi", ".md")):
            yield f"{path}: platforms/ holds descriptions, no code"


def rule_conditionals(files):
    """Variation is by data, then by linking: one `#if` for each 1,000 lines."""
    found, lines = [], 0
    for path in below(files, FREESTANDING, CODE):
        text = read(path)
        lines += text.count("\n")
        guard = re.search(r"^#ifndef (\w+)\n#define \1$", text, re.MULTILINE)
        for number, line in enumerate(text.split("\n"), 1):
            if not re.match(r"#\s*(if|ifdef|ifndef|elif)\b", line):
                continue
            if guard and line == f"#ifndef {guard.group(1)}":
                continue
            if not re.search(r"__ASSEMBLER__|__cplusplus", line):
                found.append(f"{path}:{number}: {line.strip()}")
    if len(found) * LINES_PER_CONDITIONAL > max(lines, LINES_PER_CONDITIONAL):
        yield f"{len(found)} conditionals in {lines} lines: more than one in {LINES_PER_CONDITIONAL}"
        yield from found


# ---- Each header compiles alone ----

def header_complaints(job):
    compiler, path = job
    with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
        source.write(f'#include "{path}"\n#include "{path}"\ntypedef int not_empty;\n')
        source.flush()
        run = subprocess.run([*shlex.split(compiler), "-fsyntax-only", "-Wno-unused-function", source.name],
                             capture_output=True, text=True)
    return [] if run.returncode == 0 else [f"{path}:1: does not compile alone: {run.stderr.strip()}"]


def rule_headers(files):
    target = os.environ.get("CHECK_TARGET", "aarch64-linux-gnu-gcc -std=c17 -Wall -Wextra -Werror -I. "
                            "-ffreestanding -mgeneral-regs-only")
    host = os.environ.get("CHECK_HOST", "gcc -std=c17 -Wall -Wextra -Werror -D_GNU_SOURCE -I.")
    jobs = []
    for compiler, folders in ((target, FREESTANDING),
                              (host, ("abi", "lib", "kernel", "vmm", "services", "tools"))):
        jobs += [(compiler, path) for path in below(files, folders, (".h",)) if is_c(path)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for complaints in pool.map(header_complaints, jobs):
            yield from complaints


def rule_scripts(files):
    for path in files:
        text = read(path)
        if path.endswith(".py"):
            try:
                compile(text, path, "exec")
            except SyntaxError as error:
                yield f"{path}:{error.lineno}: {error.msg}"
        elif text.startswith("#!/bin/sh"):
            run = subprocess.run(["sh", "-n", path], capture_output=True, text=True)
            if run.returncode:
                yield f"{path}: {run.stderr.strip()}"
            if not os.access(path, os.X_OK):
                yield f"{path}: a script that cannot be executed"


RULES = (rule_licence, rule_leftovers, rule_text, rule_format, rule_layers, rule_places,
         rule_conditionals, rule_headers, rule_scripts)


def main():
    files = tree()
    complaints = [complaint for rule in RULES for complaint in rule(files)]
    for complaint in complaints:
        print(complaint)
    print(f"check: {len(files)} files, {len(RULES)} rules, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
