# SPDX-License-Identifier: Apache-2.0
"""The events that guests/bench measures: what each is called, at most how much it may cost (on a
Cortex-A72, without mitigations), and what it costs under others.

The others' figures are executed instructions, counted as ours are, with a guest program that does the
same with its MMU off: Bao v2.0.0-41 built with gcc 12.2; Xen 4.17.7 with the null scheduler,
`vwfi=native`, dom0less; KVM of Debian's 6.1 kernel with QEMU 7.2 as its monitor, on a Cortex-A72
(nVHE). None: not measured, or not to be had: what Bao does not emulate it passes through.
"""

from collections import namedtuple

# What QEMU is told, where it is not the name: the processor of the goals, which were set without a
# mitigation, is a Cortex-A72 whose MIDR_EL1 says Cortex-A53, a core that needs none.
MODELS = {"cortex-a72 unmitigated": "cortex-a72,midr=0x410fd034"}
CPUS = ("cortex-a53", "cortex-a72 unmitigated", "cortex-a72", "max")
REFERENCE_CPU = "cortex-a72 unmitigated"

Event = namedtuple("Event", "name title goal bao xen kvm")

EVENTS = (
    Event("hvc_psci_version", "`hvc` PSCI_VERSION", 60, 193, 475, 1574),
    Event("smc_psci_version", "`smc` PSCI_VERSION", None, 207, None, None),
    Event("hvc_unknown", "`hvc` unknown function", 80, 1425, 1651, 1502),
    Event("id_register_read", "trapped ID register read", 90, None, 431, 1923),
    Event("gicd_typer_read", "GICD_TYPER read", 160, 225, 599, 2331),
    Event("gicd_isenabler_write", "GICD_ISENABLER write", 240, 3565, 740, 2506),
    Event("gicr_isenabler0_write", "GICR_ISENABLER0 write", 240, 3589, None, None),
    Event("gicd_ipriorityr_write", "GICD_IPRIORITYR byte write", 190, 376, None, None),
    Event("uartfr_read", "emulated UARTFR read", 160, None, 623, 6877),
    Event("sgi_self", "SGI to self: write to handler", 130, 777, 1098, 2772),
    Event("timer_spinning", "virtual timer to handler, spinning", 75, 201, 1084, 2570),
    Event("timer_wfi", "virtual timer to handler, in WFI", 80, 202, 1085, 2519),
    Event("spi_ispendr", "SPI by GICD_ISPENDR: write to handler", 350, 3726, 1297, 2985),
    Event("sgi_other_sender", "ICC_SGI1R to another vCPU, sender", 110, 374, None, None),
    Event("ipi_one_way", "IPI one way, both in WFI", None, 794, 1804, 4907),
    Event("ipi_round_trip", "IPI round trip, both in WFI", 500, 1688, 3563, 10110),
    Event("cpu_on", "CPU_ON to first instruction", 1000, 1782, 33706, 395545),
)
