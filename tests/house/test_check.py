# SPDX-License-Identifier: Apache-2.0
"""Each rule of `make check`, broken once: a check that cannot fail is none."""

import os
import sys

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "ci"))
import check  # noqa: E402

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"

BROKEN = [
    (check.rule_licence, "lib/a.c", "int a;\n", "no SPDX"),
    (check.rule_leftovers, "lib/a.c", SPDX + "/* TO" + "DO: all */\n", "unfinished"),
    (check.rule_leftovers, "ci/a.sh", "cd /ho" + "me/me\n", "folder of one machine"),
    (check.rule_leftovers, "ci/a.sh", "wget ht" + "tp://example.org/x\n", "host's name"),
    (check.rule_leftovers, "docs/a.md", "from deb.deb" + "ian.org\n", "host's name"),
    (check.rule_text, "lib/a.c", SPDX + "int a;", "newline"),
    (check.rule_text, "lib/a.c", SPDX + "\tint a; /* " + 95 * "x" + " */\n", "longer than"),
    (check.rule_text, "lib/a.c", SPDX + "int a; \n", "blanks at the end"),
    (check.rule_text, "lib/a.c", SPDX + "/* \N{EM DASH} */\n", "not ASCII"),
    (check.rule_format, "lib/a.c", SPDX + "int f(void)\n{\n    return 0;\n}\n", "lib/a.c:4: format"),
    (check.rule_format, "lib/a.c", SPDX + "int f(void) {\n\treturn 0;\n}\n", "lib/a.c:2: format"),
    (check.rule_format, "lib/a.c", SPDX + "void f(int a)\n{\n\tif(a)\n\t\tf(0);\n}\n", "if (a)"),
    (check.rule_layers, "kernel/a.c", SPDX + '#include "arch/arm64/regs.h"\n', "kernel may not include"),
    (check.rule_layers, "arch/arm64/a.c", SPDX + '#include "kernel/vm.h"\n', "may not include kernel/vm.h"),
    (check.rule_layers, "vmm/a.c", SPDX + '#include "kernel/vm.h"\n', "vmm may not include"),
    (check.rule_layers, "tools/verify/a.c", SPDX + '#include "tools/partita/a.h"\n', "may not include"),
    (check.rule_layers, "lib/a.c", SPDX + "#include <stdio.h>\n", "freestanding code includes <stdio.h>"),
    (check.rule_places, "kernel/a.c", SPDX + 'void f(void)\n{\n\t__asm__ volatile("isb");\n}\n', "assembly"),
    (check.rule_places, "vmm/a.S", SPDX + "nop\n", "assembly outside arch/"),
    (check.rule_places, "platforms/x/a.c", SPDX, "no code"),
    (check.rule_conditionals, "lib/a.c", SPDX + "#ifdef A\n#endif\n#ifdef B\n#endif\n", "2 conditionals"),
    (check.rule_headers, "lib/a.h", SPDX + "uint32_t f(void);\n", "does not compile alone"),
    (check.rule_headers, "lib/a.h", SPDX + "struct a { int b; };\n", "does not compile alone"),
    (check.rule_scripts, "ci/a.py", "def f(:\n", "invalid syntax"),
    (check.rule_scripts, "ci/a.sh", "#!/bin/sh\nif\n", "ci/a.sh"),
]

FINE = SPDX + """#ifndef LIB_A_H
#define LIB_A_H

#include <stdint.h>

#define TWICE(x) do { x; \\
		x; } while (0)

struct a {
	uint32_t b;            /* in columns */
};

static const int table[] = {
	1, 2,
	3, 4,
};

int a_get(const struct a *a,
	  int otherwise);

#endif
"""


def complaints(tmp_path, monkeypatch, rule, path, text):
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    with open(os.path.join(TOP, ".clang-format"), encoding="utf-8") as style:
        (tmp_path / ".clang-format").write_text(style.read())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHECK_TARGET", raising=False)
    monkeypatch.delenv("CHECK_HOST", raising=False)
    return list(rule([path]))


@pytest.mark.parametrize("rule, path, text, words", BROKEN,
                         ids=[f"{case[0].__name__}-{number}" for number, case in enumerate(BROKEN)])
def test_broken_rule_is_found(tmp_path, monkeypatch, rule, path, text, words):
    found = complaints(tmp_path, monkeypatch, rule, path, text)
    assert any(words in complaint for complaint in found), found


@pytest.mark.parametrize("rule", check.RULES, ids=lambda rule: rule.__name__)
def test_good_file_is_left_alone(tmp_path, monkeypatch, rule):
    assert complaints(tmp_path, monkeypatch, rule, "lib/a.h", FINE) == []


def test_every_rule_is_broken_here():
    assert {case[0] for case in BROKEN} == set(check.RULES)
