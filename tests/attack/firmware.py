#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""firmware.py: prints firmware_registers.h, the registers that firmware.S leaves dirty."""

import controls
from registers import ROWS, encode, fields_of, spell

# That no table names: translation, list registers and active priorities, debug, the performance monitor,
# streaming mode and vector lengths, pointer authentication, memory tags, LORegions, MPAM.
MORE = [
    (3, 3, 4, 2, 2), (3, 4, 1, 2, 0), (3, 4, 1, 2, 6),  # SVCR, ZCR_EL2, SMCR_EL2: while CPTR_EL2 lets
    (3, 4, 2, 1, 0), (3, 4, 14, 0, 3), (3, 4, 12, 11, 7), (3, 4, 12, 8, 0), (3, 4, 12, 9, 0),
    *((3, 4, 12, 12, n) for n in range(8)), *((3, 4, 12, 13, n) for n in range(8)),
    *((2, 0, 0, n, op2) for n in range(6) for op2 in range(4, 8)),
    (3, 3, 9, 12, 1), (3, 0, 9, 14, 1), (3, 3, 9, 14, 3), (3, 3, 14, 15, 7), (3, 0, 1, 2, 0),
    *((3, 0, 2, crm, op2) for crm in (1, 2, 3) for op2 in range(4)),
    (3, 0, 1, 0, 5), (3, 0, 1, 0, 6), (3, 0, 5, 6, 0), (3, 0, 10, 4, 0), (3, 0, 10, 4, 3),
    (3, 0, 10, 5, 0), (3, 0, 10, 5, 1), (3, 4, 2, 0, 1), (3, 4, 2, 2, 0),
]
# firmware.S itself writes these last, or needs them as they are.
NOT = {"HCR_EL2", "SCTLR_EL2", "ICC_SRE_EL2", "VBAR_EL2"}


def encodings():
    found = [encode(*each) for each in MORE]
    for row in ROWS:
        if row.state and row.state.kept != "spsr" and fields_of(row.encodings[0])[0] == 3:
            found += row.encodings
    found += [row.encoding for row in controls.ROWS if row.name not in NOT]
    return list(dict.fromkeys(found))


def header():
    entries = " \\\n\t".join(f"F({spell(encoding)})" for encoding in encodings())
    return ("/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by tests/attack/firmware.py. */\n"
            f"#define FIRMWARE_REGISTERS(F) \\\n\t{entries}\n")


if __name__ == "__main__":
    print(header(), end="")
