# SPDX-License-Identifier: Apache-2.0
"""Monitors that break their contract: it ends in their own VMs, and the board goes on to its end."""

import os
import subprocess

import pytest

from board import OUT, TOP, image

CONTINUE = 5
OP_NONE, OP_ENABLE, OP_RELEASE, OP_CPU_START, OP_ALARM = 0, 1, 14, 16, 17  # enum upcall_op
SELF, SIBLING = 1 << 32, 1 << 33

ANSWERS = {
    "no_such_verdict": (99, 0, 0),
    "a_verdict_beyond_32_bits": (1 << 40 | CONTINUE, 0, 0),
    "a_verdict_for_another_event": (1, 0, 0),
    "no_such_operation": (CONTINUE, 0xffff | SELF, 0),
    "an_interrupt_far_out_of_range_without_operation": (CONTINUE, OP_NONE | 0xffff << 16 | SELF, 0),
    "an_interrupt_far_out_of_range": (CONTINUE, OP_ENABLE | 0xffe0 << 16 | SELF, 0),
    "an_alarm_for_another_vcpu": (CONTINUE, OP_ALARM | SIBLING, 0),
    "an_spi_to_a_vcpu_that_is_not_there": (CONTINUE, OP_RELEASE | 33 << 16 | SELF, 0),
    "a_start_of_itself": (CONTINUE, OP_CPU_START | SELF, 0),
    "targets_that_are_not_there": (CONTINUE, OP_ENABLE | 1 << 40, 0),
    "a_doorbell_that_is_not_its_own": (CONTINUE, 0, 1 << 63),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_monitor_that_answers(answer, board, tmp_path):
    image("demo")  # the binaries
    x0, x2, x6 = ANSWERS[answer]
    subprocess.run(["aarch64-linux-gnu-gcc", "-c", os.path.join(TOP, "tests/system/hostile_monitor.S"),
                    f"-DANSWER_X0={x0}", f"-DANSWER_X2={x2}", f"-DANSWER_X6={x6}", "-o", "monitor.o"],
                   cwd=tmp_path, check=True)
    subprocess.run(["aarch64-linux-gnu-ld", "-nostdlib", "-static", "-T",
                    os.path.join(OUT, "arch/arm64/el0/el0.lds"), "monitor.o", "-o", "monitor.elf"],
                   cwd=tmp_path, check=True)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", "monitor.elf", "monitor.bin"],
                   cwd=tmp_path, check=True)
    path = str(tmp_path / "hostile.img")
    subprocess.run([os.path.join(OUT, "partita"), "build", "tests/system/neighbours.dts", "-o", path,
                    "-P", "platforms", "-I", os.path.join(OUT, "guests"), "--vmm",
                    str(tmp_path / "monitor.bin")], cwd=TOP, check=True)
    system = board(None, arguments=["-kernel", path])
    system.expect("partita", "^every VM is off", 60)
    assert system.ends() == 0
    for vm in "probe", "rtos":
        assert system.told("partita", f"^{vm}: its monitor gave a wrong answer")
        assert system.told("partita", f"^{vm}: stopped")
