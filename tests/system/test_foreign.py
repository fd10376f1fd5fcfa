# SPDX-License-Identifier: Apache-2.0
"""Software that none of us wrote and that is not Linux's usual start: U-Boot, Debian's installer."""

import re

import pytest

from board import documented_refusals

BOOTI = "booti ${kernel_addr_r} ${ramdisk_addr_r}:200000 ${fdtcontroladdr}"  # `linux` in u-boot.txt


def prompt_of_u_boot(board):
    board.wait(lambda: re.fullmatch(r"u-boot *\| => ?", board.terminal.row), "prompt of U-Boot", 60)


def test_u_boot_comes_to_its_prompt_and_boots_linux(board):
    system = board("u-boot")
    system.expect("u-boot", r"^U-Boot \d{4}")
    system.expect("u-boot", r"^DRAM: +256 MiB")
    system.expect("u-boot", r"^Loading Environment from Flash\.\.\. OK")
    prompt_of_u_boot(system)
    # It measures a second by the counter, and shows the tree that it was given.
    system.type("sleep 1; fdt addr ${fdtcontroladdr}; fdt print / model\r")
    system.expect("u-boot", 'model = "Partita virtual machine"')
    prompt_of_u_boot(system)
    system.type(BOOTI + "\r")
    system.expect("u-boot", "^Starting kernel")
    system.expect("u-boot", "Linux version 6")
    assert system.shell("nproc", vm="u-boot") == ["2"]
    assert system.shell("uname -m", vm="u-boot") == ["aarch64"]
    assert system.refusals("u-boot") <= documented_refusals()


def test_u_boot_resets_its_vm(board):
    """By PSCI, as its tree says: the VM starts anew, with everything in its memory as it was."""
    system = board("u-boot")
    prompt_of_u_boot(system)
    system.type("mw 44000000 0 100; reset\r")
    system.expect("partita", "^u-boot: starts again")
    system.expect("u-boot", r"^U-Boot \d{4}")
    prompt_of_u_boot(system)
    system.type("md.l 44000038 1\r")
    system.expect("u-boot", "^44000038: 644d5241")


@pytest.mark.slow
def test_installer_asks_for_the_language(board):
    """In a drawn screen, which comes row by row. Its RAM disk is 40 MB, and it starts a good deal before
    it asks. Keys reach it: the language that is marked leads to the next question."""
    system = board("installer")
    system.expect("installer", r"\u2524 \[!!\] Select a language \u251c", 300)
    system.expect("installer", r"^ *\u2502 Language: +\u2502", 30)
    system.expect("installer", r" English ", 30)
    system.expect("installer", "<Tab> moves; <Space> selects; <Enter> activates buttons", 30)
    system.type("\r")
    system.expect("installer", r"\[!!\] Select your location", 120)
    assert system.refusals("installer") <= documented_refusals()
