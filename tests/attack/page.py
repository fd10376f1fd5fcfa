#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/traps.md, made of the tables in registers.py, controls.py and here. `make traps` writes it."""

import os
import sys

import controls
import registers

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAPER = os.path.join(TOP, "docs", "traps.md")

# Exception classes (DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)"): what causes one, the control,
# what comes of it, and kernel/trap.c's handler; what has none there is undefined if it comes.
CLASSES = """
0x00 | what is undefined | HCR_EL2.TGE 0 | the guest's own EL1 | -
0x01 | WFI, WFE, WFIT, WFET | HCR_EL2.TWI, TWE 0 | no exit: the CPU is this vCPU's alone. If it came, a
    hint | trap_wfx
0x03 to 0x06, 0x08, 0x0c | AArch32 at EL0: CP15, CP14, ID | HCR_EL2.RW, HSTR_EL2, MDCR_EL2 | undefined | -
0x07 | FP and Advanced SIMD | CPTR_EL2.TFP 0 in a guest | no exit; in a monitor or service: it ends | -
0x09 | pointer authentication | HCR_EL2.API, APK 0 | undefined | -
0x0d, 0x0e | branch target, illegal state | - | the guest's own EL1 | -
0x11 to 0x13 | SVC, HVC, SMC in AArch32 | HCR_EL2.RW | the guest's own EL1 | -
0x15 | SVC | HCR_EL2.TGE 0 | the guest's own EL1 | -
0x16 | HVC | HCR_EL2.HCD 0 | a call, see guest-machine.md | trap_hvc
0x17 | SMC | HCR_EL2.TSC | the same call; none reaches firmware | trap_smc
0x18 | system registers and instructions | the tables below | the tables below | trap_sysreg
0x19, 0x1d | SVE, SME | CPTR_EL2.TZ, TSM | undefined | -
0x1a | ERET | HCR_EL2.NV 0 | the guest's own | -
0x20 | fetch of what is not mapped or not executable | stage 2 | external abort | trap_fetch
0x22, 0x26 | misaligned PC, SP | - | the guest's own EL1 | -
0x24 | access to what is not mapped, or not so | stage 2, HCR_EL2.PTW | emulated, or external abort |
    trap_access
0x2f | SError | HCR_EL2.AMO, TEA | the VM ends | -
0x30 to 0x3c | breakpoints, steps, watchpoints, BRK | MDCR_EL2.TDE 0, MDSCR_EL1 0 | BRK: the guest's own
    EL1; the rest never comes | -
"""

HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
# What traps, what does not, and what each world finds

Made by `make traps` from the table that the tests compare the kernel, the hardware and each life with;
not to be changed by hand. tests/attack has the parts of that table and who compares it:

| part | compared with | by |
| --- | --- | --- |
| `registers.py`: every register and instruction, read and written, at EL1 and EL0 | all encodings, on seven \
processor models | `test_registers.py`, guests/attack/sysregs.c |
| | the rows of kernel/sysreg.c | `test_registers.py` |
| its features, with their ID fields | the ID registers of the models | `test_controls.py` |
| its state: switched where, and what it is in a new life | arch/arm64/guest.c, and the first instruction of \
a life after a dirty one | `test_state.py`, guests/attack/state.S |
| `controls.py`: EL2's registers, by world | what the kernel reads where it is entered, also after \
firmware that left all of it dirty | `test_controls.py` |
| `page.py`: exception classes | the handlers of kernel/trap.c | `test_traps_page.py` |

What no row names is undefined in a guest. In the tables, `native` is an instruction that no trap sees and
that has the guest's own value; `done` one that is done, or ignored; a number what is read; `el1` what is
taken to the guest's own EL1; `-` and `undef` are undefined. The control is a bit of EL2's registers, or
`cpu` where there is none, `(W)` where writes alone trap.

"""

EL1_STATE = """## State

How a register of the guest's is kept: `lives` in the register, out of reach of what runs at EL0; `parked`
saved and replaced at each upcall and service; `hidden` from services; `kernel`, `monitor` emulated and
kept there; `closed` to the guest, but zeroed. vCPUs have a CPU each, so there is no other switch.

"""


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def classes():
    """[[classes, cause, control, what comes of it, handler]]"""
    lines = CLASSES.strip().replace("\n    ", " ").split("\n")
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def spelled(encodings):
    first, last = registers.spell(encodings[0]), registers.spell(encodings[-1])
    return first if first == last else f"{first} .. {last}"


def feature(row):
    if not row.feature:
        return ""
    name = row.feature.removeprefix("no-")
    register, field, _, least = registers.FEATURES[name]
    compared = ">=" if name == row.feature else "<"
    return f"FEAT_{name}: {register}.{field} {compared} {least}"


def named_rows(rows):
    for row in rows:
        outcomes = [", ".join(row.el1), ", ".join(row.el0)]
        yield [row.name, spelled(row.encodings), *outcomes, row.by, feature(row)]


def state_rows():
    for row in registers.ROWS:
        if row.state:
            yield [row.name, row.state.switched, row.state.kept, row.state.reset]


def control_rows():
    for row in controls.ROWS:
        value = " ".join(row.value).replace("<", "the core's ").replace(">", "")
        worlds = "all" if row.worlds == controls.WORLDS else ", ".join(row.worlds)
        core = ""
        if row.feature:
            register, lsb, least = controls.CORE[row.feature]
            core = f"{row.feature}: {register}[{lsb + 3}:{lsb}] >= {least}"
        yield [row.name, registers.spell(row.encoding), worlds, value, core]


def page():
    names = ["register", "encoding", "EL1: read, write", "EL0: read, write", "control", "if the core has"]
    text = HEAD
    text += "## Exceptions\n\n"
    text += table(["class", "what causes it", "control", "what comes of it", "handler"], classes())
    text += "\n## System registers\n\n"
    text += table(names, named_rows(registers.ROWS))
    text += "\n" + EL1_STATE + table(["register", "switched", "kept in", "in a new life"], state_rows())
    text += "\n## System instructions\n\n"
    names = ["instruction", "encoding", "EL1", "EL0", "control", "if the core has"]
    text += table(names, named_rows(registers.INSTRUCTION_ROWS))
    text += "\n## EL2's registers\n\n"
    text += table(["register", "encoding", "while it runs", "value", "if the core has"], control_rows())
    return text


def main():
    with open(PAPER, "w", encoding="utf-8") as f:
        f.write(page())


if __name__ == "__main__":
    sys.exit(main())
