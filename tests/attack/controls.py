# SPDX-License-Identifier: Apache-2.0
"""What EL2's own registers hold while somebody else runs: the other half of the table in registers.py.

It is written from DDI 0487 and IHI 0069, and says for each control which world has it and what it is:

    guest       while a VM's own code runs
    monitor     while its monitor runs, at EL0
    service     while a service runs, at EL0
    all         whatever runs

A value is bits by name, a number, or both, which are added up; `& mask` leaves out what hardware changes.
A row that begins with `+` adds bits to the one above it. Words in angle brackets are another register of
the core's. Last, the feature without which the register, or the bit, is not there (RES0).
"""

import re
from collections import namedtuple

from registers import encode

Control = namedtuple("Control", "name encoding worlds value mask feature")

WORLDS = ("guest", "monitor", "service")

BITS = {
    "HCR_EL2": {
        "VM": 0, "SWIO": 1, "PTW": 2, "FMO": 3, "IMO": 4, "AMO": 5, "DC": 12, "TID1": 16,
        "TID3": 18, "TSC": 19, "TIDCP": 20, "TACR": 21, "TSW": 22, "TGE": 27, "RW": 31, "TLOR": 35,
        "TERR": 36, "TEA": 37, "TID4": 49, "TID5": 58,
    },
    "CPTR_EL2": {"TZ": 8, "TFP": 10, "TSM": 12, "TTA": 20, "TAM": 30},
    "MDCR_EL2": {"TPMCR": 5, "TPM": 6, "TDA": 9, "TDOSA": 10, "TDRA": 11, "TPMS": 14, "HPMD": 17, "TTRF": 19,
                 "HCCD": 23, "TDCC": 27},
    "HCRX_EL2": {"TALLINT": 6},
    "CNTHP_CTL_EL2": {"ENABLE": 0},
    "ICC_SRE_EL2": {"SRE": 0, "DFB": 1, "DIB": 2, "Enable": 3},
    "ICH_HCR_EL2": {"En": 0, "LRENPIE": 2, "TALL0": 11, "TDIR": 14},
    "MPAM2_EL2": {"TRAPMPAM1EL1": 48, "TRAPMPAM0EL1": 49},
}

# Of the core, by its ID registers: field's lowest bit, least value, and for some the value "not there".
CORE = {
    "AMU": ("ID_AA64PFR0_EL1", 44, 1), "SVE": ("ID_AA64PFR0_EL1", 32, 1), "MPAM": ("ID_AA64PFR0_EL1", 40, 1),
    "RAS": ("ID_AA64PFR0_EL1", 28, 1),
    "SME": ("ID_AA64PFR1_EL1", 24, 1), "MTE2": ("ID_AA64PFR1_EL1", 8, 2), "NMI": ("ID_AA64PFR1_EL1", 36, 1),
    "PMUv3": ("ID_AA64DFR0_EL1", 8, 1), "PMUv3p1": ("ID_AA64DFR0_EL1", 8, 4),
    "PMUv3p5": ("ID_AA64DFR0_EL1", 8, 6), "SPE": ("ID_AA64DFR0_EL1", 32, 1),
    "TRF": ("ID_AA64DFR0_EL1", 40, 1),
    "FGT": ("ID_AA64MMFR0_EL1", 56, 1), "FGT2": ("ID_AA64MMFR0_EL1", 56, 2), "ECV2": ("ID_AA64MMFR0_EL1", 60,
        2),
    "EVT": ("ID_AA64MMFR2_EL1", 56, 1),
    "LOR": ("ID_AA64MMFR1_EL1", 16, 1), "VHE": ("ID_AA64MMFR1_EL1", 8, 1), "HCX": ("ID_AA64MMFR1_EL1", 40, 1),
}
ID_REGISTERS = {
    "ID_AA64PFR0_EL1": (4, 0), "ID_AA64PFR1_EL1": (4, 1), "ID_AA64DFR0_EL1": (5, 0),
    "ID_AA64ISAR0_EL1": (6, 0), "ID_AA64ISAR1_EL1": (6, 1), "ID_AA64ISAR2_EL1": (6, 2),
    "ID_AA64MMFR0_EL1": (7, 0), "ID_AA64MMFR1_EL1": (7, 1), "ID_AA64MMFR2_EL1": (7, 2),
}

# RES1 of CPTR_EL2 with E2H 0: 0x22ff. MDCR_EL2.HPMN is the number of counters there are. SCTLR_EL2: RES1,
# M, C, I, SA, WXN. TCR_EL2, VTCR_EL2: 4 KiB, write-back inner-shareable walks, 40 bits out, 39 and 36 in.
CONTROLS = """
HCR_EL2         3 4 1 1 0   guest    VM SWIO PTW FMO IMO AMO TID1 TID3 TSC TIDCP TACR TSW RW
+                                    TLOR                                        : LOR
+                                    TERR TEA                                    : RAS
+                                    TID4                                        : EVT
+                                    TID5                                        : MTE2
HCR_EL2         3 4 1 1 0   monitor service  VM FMO IMO AMO DC TID3 TSC TIDCP TACR TSW TGE RW
+                                    TLOR                                        : LOR
+                                    TERR TEA                                    : RAS
+                                    TID4                                        : EVT
+                                    TID5                                        : MTE2
CPTR_EL2        3 4 1 1 2   guest    0x22ff TZ TSM TTA TAM
CPTR_EL2        3 4 1 1 2   monitor service  0x22ff TZ TSM TTA TAM TFP
MDCR_EL2        3 4 1 1 1   all      TPMCR TPM TDA TDOSA TDRA
+                                    <HPMN>                                      : PMUv3
+                                    HPMD                                        : PMUv3p1
+                                    HCCD                                        : PMUv3p5
+                                    TPMS                                        : SPE
+                                    TTRF                                        : TRF
+                                    TDCC                                        : FGT
CNTHCTL_EL2     3 4 14 1 0  all      0
HSTR_EL2        3 4 1 1 3   all      0
HACR_EL2        3 4 1 1 7   all      0
ACTLR_EL2       3 4 1 0 1   all      0
HCRX_EL2        3 4 1 2 2   all      0                                           : HCX
+                                    TALLINT                                     : NMI
HFGRTR_EL2      3 4 1 1 4   all      0                                           : FGT
HFGWTR_EL2      3 4 1 1 5   all      0                                           : FGT
HFGITR_EL2      3 4 1 1 6   all      0                                           : FGT
HDFGRTR_EL2     3 4 3 1 4   all      0                                           : FGT
HDFGWTR_EL2     3 4 3 1 5   all      0                                           : FGT
HDFGRTR2_EL2    3 4 3 1 0   all      0                                           : FGT2
HDFGWTR2_EL2    3 4 3 1 1   all      0                                           : FGT2
HFGRTR2_EL2     3 4 3 1 2   all      0                                           : FGT2
HFGWTR2_EL2     3 4 3 1 3   all      0                                           : FGT2
HFGITR2_EL2     3 4 3 1 7   all      0                                           : FGT2
VTCR_EL2        3 4 2 1 2   all      0x8002355c
VPIDR_EL2       3 4 0 0 0   all      <MIDR_EL1>
VMPIDR_EL2      3 4 0 0 5   all      0x80000000
CNTPOFF_EL2     3 4 14 0 6  all      0                                           : ECV2
VSESR_EL2       3 4 5 2 3   all      0                                           : RAS
MPAM2_EL2       3 4 10 5 0  all      TRAPMPAM1EL1 TRAPMPAM0EL1                   : MPAM
PMSCR_EL2       3 4 9 9 0   all      0                                           : SPE
TRFCR_EL2       3 4 1 2 1   all      0                                           : TRF
CNTHV_CTL_EL2   3 4 14 3 1  all      0 & 0x1                                     : VHE
CNTHP_CTL_EL2   3 4 14 2 1  all      ENABLE & 0x3
TPIDR_EL2       3 4 13 0 2  all      0
SCTLR_EL2       3 4 1 0 0   all      0x30cd183d
TCR_EL2         3 4 2 0 2   all      0x80823519
MAIR_EL2        3 4 10 2 0  all      0xff04
ICC_SRE_EL2     3 4 12 9 5  all      SRE DFB DIB Enable
ICH_HCR_EL2     3 4 12 11 0 all      En LRENPIE TALL0 TDIR & 0x07fffff7
MDSCR_EL1       2 0 0 2 2   all      0
PMCR_EL0        3 3 9 12 0  all      0 & 0x1                                     : PMUv3
PMUSERENR_EL0   3 3 9 14 0  all      0                                           : PMUv3
SCTLR_EL1       3 0 1 0 0   monitor service  0x34d5c818
CNTKCTL_EL1     3 0 14 1 0  service  0
TPIDR_EL0       3 3 13 0 2  service  0
TPIDRRO_EL0     3 3 13 0 3  service  0
"""

LINE = re.compile(r"(?:\+|(\w+) +((?:\d+ ){5}) *((?:guest|monitor|service|all)(?: (?:monitor|service))*)) +"
                  r"(.*?)(?: & (0x\w+))?(?: *: (\w+))?")


def parse():
    controls = []
    for line in CONTROLS.strip().split("\n"):
        name, encoding, worlds, value, mask, feature = LINE.fullmatch(line.rstrip()).groups()
        if name is None:           # more bits
            last = controls[-1]
            controls.append(last._replace(value=value.split(), feature=feature))
            continue
        worlds = WORLDS if worlds == "all" else tuple(worlds.split())
        controls.append(Control(name, encode(*map(int, encoding.split())), worlds, value.split(),
                                int(mask or "0xffffffffffffffff", 0), feature))
    return controls


ROWS = parse()


def field(value, lsb):
    return value >> lsb & 0xf


def core_has(feature, ids):
    """`ids` are the ID registers of the core, by name."""
    register, lsb, least = CORE[feature]
    value = field(ids[register], lsb)
    return value >= least and not (feature.startswith("PMU") and value == 0xf)


def number(name, word, core):
    if word.startswith("<"):
        return core[word.strip("<>")]
    return int(word, 0) if word[0].isdigit() else 1 << BITS[name][word]


def wanted(world, ids, core):
    """{(name, encoding): (value, mask)} in that world, on a core with these ID registers; `core` has what
    stands in angle brackets."""
    found, absent = {}, set()
    for row in ROWS:
        key = row.name, row.encoding
        if world not in row.worlds or key in absent:
            continue
        if row.feature and not core_has(row.feature, ids):
            if key not in found:
                absent.add(key)    # the register itself
            continue
        value, mask = found.get(key, (0, row.mask))
        for word in row.value:
            value |= number(row.name, word, core)
        found[key] = value, mask
    return found


def compare(world, ids, core, read):
    """Every control that is not as wanted; read(encoding) tells what it is."""
    wrong = []
    for (name, encoding), (value, mask) in wanted(world, ids, core).items():
        told = read(encoding)
        if told & mask != value & mask:
            wrong.append(f"{world}: {name} is {told:#x}, not {value:#x}")
    return wrong
