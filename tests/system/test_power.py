# SPDX-License-Identifier: Apache-2.0
"""What ends, what starts anew, and what does not notice."""


def rtos_goes_on(board):
    """The second's number after the next, with none left out and none told twice."""
    first = int(board.expect("rtos", r"^rtos: (\d+) s ", 30).group(1))
    second = int(board.expect("rtos", r"^rtos: (\d+) s ", 30).group(1))
    assert second == first + 1
    return second


def test_reboot_restarts_linux_alone(board):
    demo = board("demo")
    demo.prompt()
    assert demo.shell("touch /mark; ls /mark") == ["/mark"]
    before = rtos_goes_on(demo)
    demo.prompt()
    started = len(demo.lines)
    demo.type("reboot\r")
    demo.expect("partita", "^linux: reset")
    demo.expect("partita", "^linux: starts again")
    demo.expect("linux", "^Linux .* on 2 CPU", 120)
    assert demo.shell("ls /mark") == ["ls: /mark: No such file or directory"]
    assert demo.shell("cat /sys/devices/system/cpu/online") == ["0-1"]
    seconds = [int(match.group(1)) for match in demo.told("rtos", r"^rtos: (\d+) s ", started)]
    assert seconds[0] > before and seconds == list(range(seconds[0], seconds[0] + len(seconds)))
    assert rtos_goes_on(demo) > seconds[-1]
    assert len(demo.told("hello", "Hello")) == 1
    assert not demo.told("partita", "^rtos: ", started)


def test_linux_survives_many_reboots(board):
    """What a life leaves behind must not add up: locks, active interrupts, half-read channels."""
    demo = board("demo")
    for _ in range(2):
        demo.prompt()
        demo.type("reboot -f\r")
        demo.expect("partita", "^linux: starts again")
    assert demo.shell("echo alive") == ["alive"]


def test_poweroff_ends_linux_alone(board):
    demo = board("demo")
    demo.prompt()
    demo.type("poweroff\r")
    demo.expect("partita", "^linux: off")
    rtos_goes_on(demo)


def test_board_goes_off_after_the_last_vm(board):
    demo = board("demo")
    demo.wait(lambda: demo.told("partita", "^hello: off"), "end of hello", 30)
    demo.focus("rtos")
    demo.type("q")
    demo.expect("partita", "^rtos: off")
    demo.focus("linux")
    demo.prompt()
    demo.type("poweroff -f\r")
    demo.expect("partita", "every VM is off")
    assert demo.ends() == 0


def test_nothing_of_a_former_life_goes_on(board):
    """A vCPU that spins is stopped from outside, also while the console service has its CPU."""
    system = board("again")
    for _ in range(40):
        system.expect("again", "^again: a life, the second CPU counts", 60)
    assert not system.told("again", "STRAY|FAILED|unexpected")
    assert not system.told("", "stopped")
    system.expect("rtos", r"^rtos: \d+ s ", 30)
