# SPDX-License-Identifier: Apache-2.0
"""The real-time guest beside a loaded Linux, judged by counted instructions: what another process
does to this machine's clock does not matter here."""

REPORT = r"^rtos: (\d+) s +latency .*missed (\d+)"

# Both CPUs compute, fork, and touch memory; the console and the timer are kept busy, too.
LOAD = [
    "(while :; do md5sum /bin/busybox; done) > /dev/null &",
    "(while :; do for i in 1 2 3 4 5 6 7 8; do true | cat; done; done) &",
    "(while :; do dd if=/dev/zero of=/tmp/f bs=64k count=64; done) 2> /dev/null &",
    "(while :; do usleep 1000; cat /proc/interrupts; done) > /dev/null &",
]


def test_rtos_misses_no_period_beside_loaded_linux(board):
    demo = board("loaded", deterministic=True)
    demo.prompt()
    for command in LOAD:
        demo.shell(command)
    begun = len(demo.lines)
    for _ in range(4):
        demo.expect("rtos", REPORT)
    assert all(int(match.group(2)) == 0 for match in demo.told("rtos", REPORT))
    assert len(demo.told("rtos", REPORT, begun)) >= 4
    # And Linux is not idle: a test beside an idle one would show nothing.
    (jobs,) = demo.shell("jobs | grep -c Running")
    assert int(jobs) == len(LOAD)
