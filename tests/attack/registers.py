# SPDX-License-Identifier: Apache-2.0
"""What every system register and system instruction does in a VM: one table.

It is written from DDI 0487 (names, encodings, traps), IHI 0069 (the GIC's), and docs/guest-machine.md
(what a VM has), not from the kernel, whose own table is compared with it, nor from what a run gave. What
no row names is undefined. `golden` derives from it, for a processor, what guests/attack prints.

A row has the encoding op0, op1, CRn, CRm, op2, where `a..b`, `a,b` and `*` stand for several, and four
outcomes: of a read and a write at EL1, and of both at EL0; instructions have one at each. They are

    native      executes; a read tells the guest's own value, or one that changes
    a number    is what a read tells; writes of such a register are `ignored`
    done        is done or ignored, for writes and instructions
    el1         is taken to the guest's own EL1 (EC 0x18), which closes it by SCTLR_EL1 or CNTKCTL_EL1
    -, undef    is undefined; `undef` where FEAT_IDST would say otherwise

and who sees to it: `cpu` (no trap), or the control that traps, `(W)` writes alone, and then the kernel
answers; then the feature that a core must have, or with `no-` must lack, else the row does not hold
(FEATURES says which ID register tells of it).

After `;`, for what holds state: what happens to it while somebody else has the CPU, where the kernel has
it, and what it is in each new life.

    lives       stays in its register: the CPU is this vCPU's alone, and neither monitor nor service at EL0
                can reach it
    parked      saved and replaced while the monitor or a service runs, since it reaches EL0
    hidden      its monitor may see it; saved and replaced while a service runs
    kernel      emulated, and kept by the kernel for this vCPU
    monitor     emulated, and kept by the monitor
    closed      the guest cannot reach it, but it would have an effect: zero in each life

A number is what it reads at the first instruction; `least` and `fixed` are the hardware's constants: the
least binary point, and what ICC_CTLR_EL1 tells of the hardware.
"""

import itertools
import re
from collections import namedtuple

Row = namedtuple("Row", "name encodings el1 el0 by feature state")
State = namedtuple("State", "switched kept reset")

SWITCHED = {
    "lives": "no: out of reach of EL0", "parked": "at each upcall and service", "hidden": "at each service",
    "kernel": "kept by the kernel", "monitor": "kept by the monitor", "closed": "no: nobody can reach it",
}

# Which ID register tells of a feature, the field's lowest bit, and the least value (DDI 0487).
FEATURES = {
    "CSV2_2": ("ID_AA64PFR0_EL1", "CSV2", 56, 2),
    "DIT": ("ID_AA64PFR0_EL1", "DIT", 48, 1),
    "DPB": ("ID_AA64ISAR1_EL1", "DPB", 0, 1),
    "DPB2": ("ID_AA64ISAR1_EL1", "DPB", 0, 2),
    "ECV": ("ID_AA64MMFR0_EL1", "ECV", 60, 1),
    "EVT": ("ID_AA64MMFR2_EL1", "EVT", 56, 1),
    "FlagM": ("ID_AA64ISAR0_EL1", "TS", 52, 2),
    "IDST": ("ID_AA64MMFR2_EL1", "IDS", 36, 1),
    "MTE": ("ID_AA64PFR1_EL1", "MTE", 8, 1),
    "NMI": ("ID_AA64PFR1_EL1", "NMI", 36, 1),
    "PAN": ("ID_AA64MMFR1_EL1", "PAN", 20, 1),
    "PAN2": ("ID_AA64MMFR1_EL1", "PAN", 20, 2),
    "PMUv3p4": ("ID_AA64DFR0_EL1", "PMUVer", 8, 5),
    "RAS": ("ID_AA64PFR0_EL1", "RAS", 28, 1),
    "RNG": ("ID_AA64ISAR0_EL1", "RNDR", 60, 1),
    "SB": ("ID_AA64ISAR1_EL1", "SB", 36, 1),
    "SME": ("ID_AA64PFR1_EL1", "SME", 24, 1),
    "SPECRES": ("ID_AA64ISAR1_EL1", "SPECRES", 40, 1),
    "SSBS": ("ID_AA64PFR1_EL1", "SSBS", 4, 1),  # MSR and MRS of it with 2; in QEMU with 1 too
    "TCO": ("ID_AA64PFR1_EL1", "MTE", 8, 1),
    "TLBIOS": ("ID_AA64ISAR0_EL1", "TLB", 56, 1),
    "TLBIRANGE": ("ID_AA64ISAR0_EL1", "TLB", 56, 2),
    "UAO": ("ID_AA64MMFR2_EL1", "UAO", 4, 1),
    "WFxT": ("ID_AA64ISAR2_EL1", "WFxT", 0, 2),
    "XS": ("ID_AA64ISAR1_EL1", "XS", 56, 1),
}

# Of a processor model of QEMU's (10.0), as its ID registers tell: features that decide what is native.
# test_controls.py compares them with those.
V8_2 = {"PAN", "PAN2", "UAO", "RAS", "DPB", "SSBS"}
MODELS = {
    "cortex-a53": set(),
    "cortex-a57": set(),
    "cortex-a72": set(),
    "cortex-a55": V8_2,
    "cortex-a76": V8_2,
    "neoverse-n1": V8_2,
    "max": V8_2 | {
        "DIT", "TCO", "NMI", "RNG", "ECV", "DPB2", "TLBIOS", "TLBIRANGE", "SPECRES", "FlagM", "SB", "XS",
            "WFxT",
        "IDST", "MTE", "PMUv3p4", "SME", "CSV2_2", "EVT",
    },
}

REGISTERS = """
# ---- Identification ----
MIDR_EL1                3 0 0 0 0       native -        - -      VPIDR_EL2
MPIDR_EL1               3 0 0 0 5       native -        - -      VMPIDR_EL2
REVIDR_EL1              3 0 0 0 6       0 -             - -      TID1
ID_PFR0_EL1..MVFR2_EL1  3 0 0 1..3 *    0 -             - -      TID3
ID_AA64PFR0_EL1         3 0 0 4 0       0x01000011 -    - -      TID3
ID_AA64PFR1_EL1..       3 0 0 4 1..7    0 -             - -      TID3
ID_AA64DFR0_EL1         3 0 0 5 0       0x00101006 -    - -      TID3
ID_AA64DFR1_EL1..       3 0 0 5 1..7    0 -             - -      TID3
ID_AA64ISAR0_EL1        3 0 0 6 0       0x00011120 -    - -      TID3
ID_AA64ISAR1_EL1..      3 0 0 6 1..7    0 -             - -      TID3
ID_AA64MMFR0_EL1        3 0 0 7 0       0x00000121 -    - -      TID3
ID_AA64MMFR1_EL1..      3 0 0 7 1..7    0 -             - -      TID3
CCSIDR_EL1              3 1 0 0 0       0x2 -           - -      TID4 EVT
CCSIDR_EL1              3 1 0 0 0       native -        - -      cpu no-EVT
CLIDR_EL1               3 1 0 0 1       0x09200003 -    - -      TID4 EVT
CLIDR_EL1               3 1 0 0 1       native -        - -      cpu no-EVT
AIDR_EL1                3 1 0 0 7       0 -             - -      TID1
CSSELR_EL1              3 2 0 0 0       native done     - -      TID4 EVT    ; kernel csselr_el1 0
CSSELR_EL1              3 2 0 0 0       native done     - -      cpu no-EVT  ; lives CSSELR_EL1 0
CTR_EL0                 3 3 0 0 1       native -        el1 -    cpu
SMIDR_EL1               3 1 0 0 6       undef -         - -      TID1 SME
DCZID_EL0               3 3 0 0 7       native -        native - cpu
# ---- Control, translation, exceptions: the guest's own ----
SCTLR_EL1               3 0 1 0 0       native done     - -      cpu         ; parked sctlr_el1 0x30d50838
ACTLR_EL1               3 0 1 0 1       0 done          - -      TACR
CPACR_EL1               3 0 1 0 2       native done     - -      cpu         ; lives CPACR_EL1 0
TTBR0_EL1               3 0 2 0 0       native done     - -      cpu         ; lives TTBR0_EL1 0
TTBR1_EL1               3 0 2 0 1       native done     - -      cpu         ; lives TTBR1_EL1 0
TCR_EL1                 3 0 2 0 2       native done     - -      cpu         ; lives TCR_EL1 0
SPSR_EL1                3 0 4 0 0       native done     - -      cpu         ; lives SPSR_EL1 0
ELR_EL1                 3 0 4 0 1       native done     - -      cpu         ; lives ELR_EL1 0
SP_EL0                  3 0 4 1 0       native done     - -      cpu         ; parked sp_el0 0
SP_EL1                  3 4 4 1 0       - -             - -      cpu         ; lives SP_EL1 0
SPSel                   3 0 4 2 0       native done     - -      cpu         ; parked spsr 0x1
CurrentEL               3 0 4 2 2       native -        - -      cpu
PAN                     3 0 4 2 3       native done     - -      cpu PAN     ; parked spsr 0
UAO                     3 0 4 2 4       native done     - -      cpu UAO     ; parked spsr 0
ALLINT                  3 0 4 3 0       native -        - -      TALLINT(W) NMI; parked spsr 0
AFSR0_EL1               3 0 5 1 0       native done     - -      cpu         ; lives AFSR0_EL1 0
AFSR1_EL1               3 0 5 1 1       native done     - -      cpu         ; lives AFSR1_EL1 0
ESR_EL1                 3 0 5 2 0       native done     - -      cpu         ; lives ESR_EL1 0
FAR_EL1                 3 0 6 0 0       native done     - -      cpu         ; lives FAR_EL1 0
PAR_EL1                 3 0 7 4 0       native done     - -      cpu         ; lives PAR_EL1 0
MAIR_EL1                3 0 10 2 0      native done     - -      cpu         ; lives MAIR_EL1 0
AMAIR_EL1               3 0 10 3 0      native done     - -      cpu         ; lives AMAIR_EL1 0
VBAR_EL1                3 0 12 0 0      native done     - -      cpu         ; lives VBAR_EL1 0
ISR_EL1                 3 0 12 1 0      native -        - -      cpu
DISR_EL1                3 0 12 1 1      native done     - -      cpu RAS     ; lives VDISR_EL2 0
CONTEXTIDR_EL1          3 0 13 0 1      native done     - -      cpu         ; lives CONTEXTIDR_EL1 0
TPIDR_EL1               3 0 13 0 4      native done     - -      cpu         ; lives TPIDR_EL1 0
CNTKCTL_EL1             3 0 14 1 0      native done     - -      cpu         ; hidden cntkctl_el1 0
NZCV                    3 3 4 2 0       native done     native done  cpu     ; parked spsr 0
DAIF                    3 3 4 2 1       native done     el1 el1  cpu         ; parked spsr 0x3c0
DIT                     3 3 4 2 5       native done     native done  cpu DIT ; parked spsr 0
SSBS                    3 3 4 2 6       native done     native done  cpu SSBS; parked spsr 0
TCO                     3 3 4 2 7       native done     native done  cpu TCO ; parked spsr 0
FPCR                    3 3 4 4 0       native done     native done  cpu     ; lives fp_clear 0
FPSR                    3 3 4 4 1       native done     native done  cpu     ; lives fp_clear 0
TPIDR_EL0               3 3 13 0 2      native done     native done  cpu     ; hidden tpidr_el0 0
TPIDRRO_EL0             3 3 13 0 3      native done     native -  cpu        ; hidden tpidrro_el0 0
TPIDR2_EL0              3 3 13 0 5      - -             el1 el1  nTPIDR2_EL0 SME
SCXTNUM_EL0             3 3 13 0 7      - -             el1 el1  EnSCXT CSV2_2
RNDR, RNDRRS            3 3 2 4 0..1    native -        native -  cpu RNG
# ---- GIC CPU interface ----
ICC_PMR_EL1             3 0 4 6 0       native done     - -      cpu         ; lives ICH_VMCR_EL2 0
ICC_IAR0, HPPIR0_EL1    3 0 12 8 0,2    1023 -          - -      TALL0
ICC_EOIR0_EL1           3 0 12 8 1      - done          - -      TALL0
ICC_BPR0_EL1            3 0 12 8 3      0 done          - -      TALL0       ; closed ICH_VMCR_EL2 0
ICC_AP0R0_EL1           3 0 12 8 4      0 done          - -      TALL0       ; closed ICH_AP0R0_EL2 0
ICC_AP1R0_EL1           3 0 12 9 0      native done     - -      cpu         ; lives ICH_AP1R0_EL2 0
ICC_NMIAR1_EL1          3 0 12 9 5      native -        - -      cpu NMI
ICC_DIR_EL1             3 0 12 11 1     - done          - -      TDIR
ICC_RPR_EL1             3 0 12 11 3     native -        - -      cpu
ICC_SGI1R_EL1           3 0 12 11 5     - done          - -      IMO
ICC_ASGI1R, SGI0R_EL1   3 0 12 11 6..7  - done          - -      FMO
ICC_IAR1, HPPIR1_EL1    3 0 12 12 0,2   native -        - -      cpu
ICC_EOIR1_EL1           3 0 12 12 1     - done          - -      cpu
ICC_BPR1_EL1            3 0 12 12 3     native done     - -      cpu         ; lives ICH_VMCR_EL2 least
ICC_CTLR_EL1            3 0 12 12 4     native done     - -      cpu         ; lives ICH_VMCR_EL2 fixed
ICC_SRE_EL1             3 0 12 12 5     native done     - -      cpu         ; lives ICC_SRE_EL1 7
ICC_IGRPEN0_EL1         3 0 12 12 6     0 done          - -      TALL0
ICC_IGRPEN1_EL1         3 0 12 12 7     native done     - -      cpu         ; lives ICH_VMCR_EL2 0
# ---- Timers ----
CNTFRQ_EL0              3 3 14 0 0      native -        el1 -    cpu
CNTPCT_EL0              3 3 14 0 1      native -        el1 -    EL1PCTEN
CNTVCT_EL0              3 3 14 0 2      native -        el1 -    cpu
CNTPCTSS_EL0            3 3 14 0 5      - -             el1 -    EL1PCTEN ECV
CNTVCTSS_EL0            3 3 14 0 6      native -        el1 -    cpu ECV
CNTP_TVAL_EL0           3 3 14 2 0      native done     el1 el1  EL1PCEN
CNTP_CTL_EL0            3 3 14 2 1      native done     el1 el1  EL1PCEN     ; monitor CNTP_CTL_EL0 0
CNTP_CVAL_EL0           3 3 14 2 2      native done     el1 el1  EL1PCEN     ; monitor CNTP_CVAL_EL0 0
CNTV_TVAL_EL0           3 3 14 3 0      native done     el1 el1  cpu
CNTV_CTL_EL0            3 3 14 3 1      native done     el1 el1  cpu         ; lives CNTV_CTL_EL0 0
CNTV_CVAL_EL0           3 3 14 3 2      native done     el1 el1  cpu         ; lives CNTV_CVAL_EL0 0
# ---- Performance monitor: not there; closed to EL0 by PMUSERENR_EL0, which is 0 ----
PMINTENSET, CLR_EL1     3 0 9 14 1..2   0 done          - -      TPM
PMMIR_EL1               3 0 9 14 6      0 -             - -      TPM PMUv3p4
PMCR..PMOVSCLR_EL0      3 3 9 12 0..3   0 done          el1 el1  TPM
PMSWINC_EL0             3 3 9 12 4      - done          - el1    TPM
PMSELR_EL0              3 3 9 12 5      0 done          el1 el1  TPM
PMCEID0, PMCEID1_EL0    3 3 9 12 6..7   0 -             el1 -    TPM
PMCCNTR..XEVCNTR_EL0    3 3 9 13 0..2   0 done          el1 el1  TPM
PMUSERENR_EL0           3 3 9 14 0      0 done          0 -      TPM
PMOVSSET_EL0            3 3 9 14 3      0 done          el1 el1  TPM
PMEVCNTR<n>_EL0         3 3 14 8 0..5   0 done          el1 el1  TPM
PMEVTYPER<n>_EL0        3 3 14 12 0..5  0 done          el1 el1  TPM
PMCCFILTR_EL0           3 3 14 15 7     0 done          el1 el1  TPM
# ---- Debug: not there; read as zero, but for what says that no lock is closed ----
OSDTRRX_EL1             2 0 0 0 2       0 done          - -      TDA
DBGBVR, DBGBCR 0..5     2 0 0 0..5 4..5 0 done          - -      TDA
DBGWVR, DBGWCR 0..3     2 0 0 0..3 6..7 0 done          - -      TDA
MDCCINT_EL1             2 0 0 2 0       0 done          - -      TDA
MDSCR_EL1               2 0 0 2 2       0 done          - -      TDA         ; closed MDSCR_EL1 0
OSDTRTX_EL1             2 0 0 3 2       0 done          - -      TDA
OSECCR_EL1              2 0 0 6 2       0 done          - -      TDA
MDRAR_EL1               2 0 1 0 0       0 -             - -      TDRA
OSLAR_EL1               2 0 1 0 4       - done          - -      TDOSA
OSLSR_EL1               2 0 1 1 4       0x8 -           - -      TDOSA
OSDLR_EL1               2 0 1 3 4       0 done          - -      TDOSA
DBGCLAIMSET, CLR_EL1    2 0 7 8..9 6    0 done          - -      TDA
MDCCSR_EL0              2 3 0 1 0       0 -             0 -      TDA
DBGDTRRX, TX_EL0        2 3 0 5 0       0 done          0 done   TDA
# ---- Implementation defined: zero where software of Cortex-A boards writes them, else not there ----
CPUACTLR, CPUECTLR_EL1  3 1 15 2 *      0 done          - -      TIDCP
L2CTLR_EL1              3 1 11 0 2      0 done          - -      TIDCP
# Not allocated; QEMU's TIDCP traps them too, and what traps of this space reads as zero.
(none)                  2 0 11,15 * *   0 done          - -      TIDCP
"""

INSTRUCTIONS = """
# ---- Hints: any number is one; some wait, and an interrupt is there ----
HINT                    0 3 2 * *       done            done     cpu
WFET, WFIT              0 3 1 0 0..1    done            done     cpu WFxT
# ---- Barriers ----
CLREX, DSB, DMB, ISB    0 3 3 * 2,4..6  done            done     cpu
SB                      0 3 3 0 7       done            done     cpu SB
DSB nXS                 0 3 3 2,6,10,14 1  done         done     cpu XS
# ---- MSR (immediate), and flags ----
CFINV                   0 0 4 0 0       done            done     cpu FlagM
XAFLAG, AXFLAG          0 0 4 0 1..2    done            done     cpu FlagM
UAO                     0 0 4 * 3       done            -        cpu UAO
PAN                     0 0 4 * 4       done            -        cpu PAN
SPSel                   0 0 4 * 5       done            -        cpu
ALLINT, #0              0 1 4 0 0       done            -        cpu NMI
SSBS                    0 3 4 * 1       done            done     cpu SSBS
DIT                     0 3 4 * 2       done            done     cpu DIT
TCO                     0 3 4 * 4       done            done     cpu TCO
DAIFSet, DAIFClr        0 3 4 * 6..7    done            el1      cpu
# ---- Caches: closed to EL0 by SCTLR_EL1.UCI and DZE ----
IC IALLUIS, IALLU       1 0 7 1,5 0     done            -        cpu
IC IVAU                 1 3 7 5 1       done            el1      cpu
DC IVAC                 1 0 7 6 1       done            -        cpu
DC ISW, CSW, CISW       1 0 7 6,10,14 2 done            -        TSW
DC CVAC, CVAU, CIVAC    1 3 7 10,11,14 1  done          el1      cpu
DC CVAP                 1 3 7 12 1      done            el1      cpu DPB
DC CVADP                1 3 7 13 1      done            el1      cpu DPB2
DC ZVA                  1 3 7 4 1       done            el1      cpu
DC CGVAC .. CIGDVAC     1 3 7 10,12..14 3,5  done       el1      cpu MTE
DC GVA, GZVA            1 3 7 4 3..4    done            el1      cpu MTE
# ---- Address translation ----
AT S1E1R .. S1E0W       1 0 7 8 0..3    done            -        cpu
AT S1E1RP, S1E1WP       1 0 7 9 0..1    done            -        cpu PAN2
# ---- Prediction: closed to EL0 by SCTLR_EL1.EnRCTX ----
CFP, DVP, CPP RCTX      1 3 7 3 4,5,7   done            el1      cpu SPECRES
# ---- TLBs: of this VMID ----
TLBI .. IS              1 0 8 3 0..3,5,7  done          -        cpu
TLBI ..                 1 0 8 7 0..3,5,7  done          -        cpu
TLBI .. OS              1 0 8 1 0..3,5,7  done          -        cpu TLBIOS
TLBI R.. IS, OS, ..     1 0 8 2,5,6 1,3,5,7  done       -        cpu TLBIRANGE
TLBI .. nXS             1 0 9 1,3,7 0..3,5,7  done      -        cpu XS
TLBI R.. nXS            1 0 9 2,5,6 1,3,5,7  done       -        cpu XS
"""

FIELDS = (4, 8, 16, 16, 8)  # op0, op1, CRn, CRm, op2


def numbers(text, limit):
    if text == "*":
        return range(limit)
    found = []
    for part in text.split(","):
        first, _, last = part.partition("..")
        found += range(int(first), int(last or first) + 1)
    return found


def encode(op0, op1, crn, crm, op2):
    return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2


def fields_of(encoding):
    return encoding >> 14, encoding >> 11 & 7, encoding >> 7 & 15, encoding >> 3 & 15, encoding & 7


def spell(encoding):
    return "S{}_{}_C{}_C{}_{}".format(*fields_of(encoding))


def parse(text, outcomes):
    """Rows; each EL has as many outcomes as that."""
    rows = []
    line_form = re.compile(r"(.{24})((?:\S+ +){5})(.*)")
    for line in text.strip().split("\n"):
        if line.startswith("#"):
            continue
        line, _, state = line.partition(";")
        name, encoding, rest = line_form.fullmatch(line).groups()
        fields = [numbers(field, limit) for field, limit in zip(encoding.split(), FIELDS)]
        words = rest.split()
        el1, el0, (by, *feature) = words[:outcomes], words[outcomes:2 * outcomes], words[2 * outcomes:]
        rows.append(Row(name.strip(), [encode(*each) for each in itertools.product(*fields)], el1, el0, by,
                        feature[0] if feature else None, State(*state.split()) if state else None))
    return rows


ROWS = parse(REGISTERS, 2)
INSTRUCTION_ROWS = parse(INSTRUCTIONS, 1)
KINDS = {
    "el1 read": (ROWS, "el1", 0), "el1 write": (ROWS, "el1", 1),
    "el0 read": (ROWS, "el0", 0), "el0 write": (ROWS, "el0", 1),
    "el1 execute": (INSTRUCTION_ROWS, "el1", 0), "el0 execute": (INSTRUCTION_ROWS, "el0", 0),
    "el1 execute_l": ([], "el1", 0), "el0 execute_l": ([], "el0", 0),  # SYSL: there is none
}


# FEAT_IDST: undefined reads of these are reported like traps.
ID_SPACE = [encode(3, op1, 0, crm, op2) for op1 in (0, 1, 3) for crm in range(8) for op2 in range(8)]


def features_of(ids):
    """Which of FEATURES a core has, by its ID registers {name: value}."""
    return {feature for feature, (register, _, lsb, least) in FEATURES.items()
            if ids[register] >> lsb & 0xf >= least}


def holds(feature, model):
    """Whether a row with that feature, or none, is of a core with the model's."""
    if not feature:
        return True
    name = feature.removeprefix("no-")
    return (name in model) == (name == feature)


def golden(model):
    """{(kind, encoding): (outcome, name)} of all that is not undefined on that processor."""
    expected = {}
    for kind, (rows, level, index) in KINDS.items():
        for row in rows:
            outcome = getattr(row, level)[index]
            if outcome == "-" or not holds(row.feature, MODELS[model]):
                continue
            for encoding in row.encodings:
                assert (kind, encoding) not in expected, f"{spell(encoding)} has two rows"
                expected[kind, encoding] = outcome, row.name
    if "IDST" in MODELS[model]:
        for encoding in ID_SPACE:
            for kind in ("el1 read", "el0 read"):
                expected.setdefault((kind, encoding), ("el1", "FEAT_IDST"))
    return {key: value for key, value in expected.items() if value[0] != "undef"}


# ---- What guests/attack tells ----

TOLD = re.compile(r"attack: (el\d \w+) (0x\w+) (0x\w+) (=0x\w+|done|ec=0x\w+)")


def told(lines):
    """{(kind, encoding): "=0x..", "done" or "ec=0x.."} of all that was not undefined."""
    found = {}
    for line in lines:
        match = TOLD.fullmatch(line)
        if match:
            kind, first, last, outcome = match.groups()
            for encoding in range(int(first, 16), int(last, 16) + 1):
                found[kind, encoding] = outcome
    return found


def agrees(expected, outcome):
    if expected == "native":
        return outcome.startswith("=")
    if expected == "done":
        return outcome == "done"
    if expected == "el1":
        return outcome == "ec=0x18"
    return outcome.startswith("=") and int(outcome[1:], 16) == int(expected, 0)


def differences(model, found, kinds):
    """Every encoding whose outcome is not the golden one."""
    expected = golden(model)
    wrong = []
    for key in sorted(set(expected) | set(found), key=lambda key: (key[0], key[1])):
        kind, encoding = key
        if kind not in kinds:
            continue
        want, name = expected.get(key, ("undefined", ""))
        got = found.get(key, "undefined")
        if want == got or (want != "undefined" and agrees(want, got)):
            continue
        wrong.append(f"{kind} {spell(encoding)} {name}: {got}, not {want}")
    return wrong
