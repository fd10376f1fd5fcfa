# SPDX-License-Identifier: Apache-2.0
"""Devices of the board that belong to one guest: their registers and interrupts reach it alone."""

import json
import os
import socket
import time


class Monitor:
    """QEMU's own, over QMP: what presses the power button."""

    def __init__(self, path):
        end = time.monotonic() + 30
        while not os.path.exists(path):
            assert time.monotonic() < end, "QEMU opens no QMP socket"
            time.sleep(0.05)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rw", encoding="utf-8")
        assert "QMP" in json.loads(self.stream.readline())
        self.do("qmp_capabilities")

    def do(self, command):
        self.stream.write(json.dumps({"execute": command}) + "\n")
        self.stream.flush()
        while True:
            answer = json.loads(self.stream.readline())
            assert "error" not in answer, answer
            if "return" in answer:
                return


def test_button_and_clock_reach_their_owner(board, tmp_path):
    path = str(tmp_path / "qmp")
    system = board("passthrough", arguments=["-qmp", f"unix:{path},server=on,wait=off"])
    monitor = Monitor(path)
    system.expect("button", "^button: lives again", 60)
    system.expect("button", "^button: alarm 1", 30)
    system.expect("button", "^button: alarm 2", 30)
    for press in range(1, 4):
        time.sleep(0.5)  # QEMU lets the button go after 0.1 s
        monitor.do("system_powerdown")
        system.expect("button", f"^button: pressed {press}" if press < 3 else "^button: done, 0 strays", 30)
    system.expect("partita", "^button: off")
    system.expect("rtos", r"^rtos: \d+ s ", 30)


def test_reset_with_an_active_hardware_interrupt(board):
    """The guest asks for the reset in the interrupt's handler, with the line still high: its next life
    takes that interrupt, and those after it."""
    system = board("passthrough")
    system.expect("button", "^button: waits", 60)
    system.expect("button", "^button: resets in its alarm", 30)
    system.tells("partita", "^button: starts again", 1)
    system.tells("button", "^button: lives again", 1)
    system.expect("button", "^button: alarm 1", 30)
    system.expect("button", "^button: alarm 2", 30)
    assert not system.told("partita", "^rtos: ")[1:]  # but that it started
