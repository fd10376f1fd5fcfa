# SPDX-License-Identifier: Apache-2.0
"""What ci/stack.py says of the kernel, and that it sees what must not be."""

import os
import subprocess
import sys

import pytest

from kernel import OUT, TOP
from board import make

sys.path.append(os.path.join(TOP, "ci"))

from stack import Stack, Wrong, report  # noqa: E402

SOUND = """
int table_free(int a);
int table_free(int a) { volatile int b[4] = { a }; return b[1]; }
int start(int a);
int start(int a) { volatile int b[64] = { a }; return b[2] + table_free(a) + 1; }
"""

WRONG = {
    "calls itself": """
        int even(int n); int odd(int n);
        int even(int n) { return n ? odd(n - 1) + 2 : 1; }
        int odd(int n) { volatile int a = n; return a ? even(n - 1) + 3 : 0; }""",
    "a frame whose size is computed": """
        int sized(int n); void use(char *p);
        void use(char *p) { *p = 1; }
        int sized(int n) { char a[n]; use(a); return a[0]; }""",
    "calls by a register": """
        int asked(int (*f)(int)); int asked(int (*f)(int)) { return f(1) + 1; }""",
    "too small": """
        int large(int n); int larger(int n); void use(char *p);
        void use(char *p) { *p = 1; }
        int large(int n) { char a[3000]; a[n] = 2; use(a); return a[n + 1]; }
        int larger(int n) { char a[2000]; a[n] = 2; use(a); return a[n + 1] + large(n); }""",
}


def linked(source, folder):
    """A program of its own, with nothing of the kernel's."""
    path = os.path.join(folder, "program")
    with open(path + ".c", "w", encoding="utf-8") as f:
        f.write(source)
    subprocess.run(["aarch64-linux-gnu-gcc", "-O1", "-g", "-ffreestanding", "-nostdlib", "-static",
                    "-fno-inline", "-fno-optimize-sibling-calls", "-fno-ipa-cp", "-fno-stack-protector",
                    "-fomit-frame-pointer", "-Wl,-e,0", path + ".c", "-o", path], check=True)
    return path


def test_the_kernels_stack_is_large_enough_and_its_code_without_recursion():
    make(os.path.relpath(os.path.join(OUT, "kernel.elf"), TOP))
    assert list(report(Stack(os.path.join(OUT, "kernel.elf"))))


def test_depths_add_up(tmp_path):
    stack = Stack(linked(SOUND, tmp_path))
    size, names = stack.bound(stack.kernel.symbol["start"])
    assert names == ["start", "table_free"]
    assert 256 + 16 <= size <= 256 + 16 + 64


@pytest.mark.parametrize("what", WRONG)
def test_what_must_not_be_is_seen(what, tmp_path):
    with pytest.raises(Wrong, match=what):
        list(report(Stack(linked(WRONG[what], tmp_path))))
