# SPDX-License-Identifier: Apache-2.0
"""The tools, the monitor and the kernel's virtual GIC under libFuzzer: FUZZ_RUNS runs or a share of them,
side by side, from the seeds alone and always in the same order. No crash, no hang, no memory without
bounds, no difference to a reference model. And the virtual GIC and UART beside these models: FUZZ_STEPS
random steps of each, always the same, and no difference."""

import os
import pathlib
import re
import subprocess

import pytest

FOLDER = pathlib.Path(os.environ.get("O", "build")).resolve() / "fuzz"
RUNS = int(os.environ.get("FUZZ_RUNS", "100000"))
# NAME: bytes of an input, one of RUNS runs in how many, places in the code that it reaches at least: half of
# what it should be.
FUZZERS = {"verify": (262144, 1, 500), "description": (32768, 1, 500), "vmm": (2048, 1, 300),
           "vgic": (8192, 2, 700), "pl011": (8192, 1, 120)}
SECONDS, MEGABYTES = 10, 1024                        # of one run; of all memory
STEPS = int(os.environ.get("FUZZ_STEPS", "10000000"))
SLOWEST = 100000                                     # steps a second, on a busy machine


@pytest.fixture(scope="module")
def fuzzers(tmp_path_factory):
    """All of them, running."""
    running = {}
    for name, (longest, share, _) in FUZZERS.items():
        corpus, seeds = tmp_path_factory.mktemp(name), FOLDER / (name + ".seeds")
        command = [FOLDER / name, f"-runs={RUNS // share}", f"-max_len={longest}", f"-timeout={SECONDS}",
                   "-seed=1", f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={FOLDER}/", corpus,
                   *([seeds] if seeds.exists() else [])]
        output = open(corpus.parent / (name + ".log"), "w+", encoding="utf-8", errors="replace")
        running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                         stderr=subprocess.STDOUT), output
    yield running
    for process, output in running.values():
        process.kill()
        process.wait()
        output.close()


@pytest.mark.parametrize("name", list(FUZZERS))
def test_runs_without_a_finding(name, fuzzers):
    process, output = fuzzers[name]
    status = process.wait(timeout=60 + RUNS // 100)
    output.seek(0)
    text = output.read()
    assert status == 0, text[-3000:]
    _, share, places = FUZZERS[name]
    assert int(re.search(r"Done (\d+) runs", text).group(1)) >= RUNS // share
    last = re.findall(r"DONE .*", text)[-1]
    assert int(re.search(r"cov: (\d+)", last).group(1)) >= places, f"seeds of another format? {last}"
    print(last)


@pytest.mark.parametrize("name", ["vgic", "pl011"])
def test_it_agrees_with_its_reference_model(name, tmp_path):
    run = subprocess.run([FOLDER / (name + "-steps"), str(STEPS), "1"], cwd=tmp_path, capture_output=True,
                         text=True, timeout=60 + STEPS // SLOWEST)
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(re.search(r"(\d+) steps", run.stdout).group(1)) >= STEPS
    print(name, run.stdout)
