#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""state.py: prints guests/attack's list of what holds state, as registers.py has it.

    STATE(F)         F(NAME, S3_0_C1_C0_2, VALUE) of every register that a guest can read and write and
                     that each core has
    STATE_LATER(F)   likewise of those that need a feature, or CPACR_EL1
    STATE_FIXED      the VALUE of one that reads what hardware makes of zero
"""

from registers import ROWS, spell

FIXED = "STATE_FIXED"
FP = ("FPCR", "FPSR")


def rows():
    """[(name, encoding, value, later)], each register once: value is None where hardware says it."""
    found = []
    for row in ROWS:
        if not row.state or row.state.switched == "closed" or row.el1[0] != "native":
            continue
        (encoding,) = row.encodings
        if encoding in (other[1] for other in found):
            continue
        value = None if row.state.reset in ("least", "fixed") else int(row.state.reset, 0)
        found.append((row.name, encoding, value, bool(row.feature) or row.name in FP))
    return found


def header():
    lists = {"STATE(F)": [], "STATE_LATER(F)": []}
    for name, encoding, value, later in rows():
        value = FIXED if value is None else f"{value:#x}"
        lists["STATE_LATER(F)" if later else "STATE(F)"].append(f"F({name}, {spell(encoding)}, {value})")
    text = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by tests/attack/state.py. */\n"
    text += f"#define {FIXED} 0xf1ced\n"
    for name, entries in lists.items():
        text += f"#define {name} \\\n\t" + " \\\n\t".join(entries) + "\n"
    return text


if __name__ == "__main__":
    print(header(), end="")
