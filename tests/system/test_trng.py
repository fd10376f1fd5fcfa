# SPDX-License-Identifier: Apache-2.0
"""Random numbers by call (DEN 0098): for guests whose description grants them, where there are any.
The probe shows elsewhere (test_isolation.py) that others are refused."""


def test_random_numbers_reach_those_who_may_ask(board):
    system = board("trng", cpu="max")
    # Linux makes the device if TRNG_VERSION answers.
    device = "/sys/bus/platform/devices/smccc_trng"
    assert system.shell(f"ls -d {device}") == [device]
    for case in ("random_numbers_come_if_granted", "random_numbers_are_refused_as_specified"):
        assert system.told("probe", f"^probe: {case}: ok")


def test_kernel_refuses_a_processor_without_random_numbers(board):
    system = board("trng", cpu="cortex-a72")
    system.expect("", "stopped: the core lacks a feature", 30)
