# SPDX-License-Identifier: Apache-2.0
"""Every model of tests/models, all of its states, by SPIN: no error as it stands, and one with each of
the defects that it names. A model with an `ltl` formula is searched for it under weak fairness."""

import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
MODELS = sorted(path.stem for path in HERE.glob("*.pml"))
DEPTH, MEGABYTES, SECONDS = 1000000, 1024, 120


def text(model):
    return (HERE / f"{model}.pml").read_text(encoding="ascii")


def defects(model):
    return sorted(set(re.findall(r"^#ifn?def (DEFECT\w*)$", text(model), re.M)))


def run(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True,
                          timeout=SECONDS).stdout


def verify(folder, model, defect=None):
    """(errors, states, the verifier's report)."""
    liveness = re.search(r"^ltl ", text(model), re.M)
    run(folder, "spin", *([f"-D{defect}"] if defect else []), "-a", str(HERE / f"{model}.pml"))
    run(folder, "gcc", "-O2", "-w", f"-DMEMLIM={MEGABYTES}", "-DNFAIR=3" if liveness else "-DSAFETY",
        "-o", "pan", "pan.c")
    report = run(folder, "./pan", f"-m{DEPTH}", *(["-a", "-f"] if liveness else []))
    assert "max search depth too small" not in report, report
    errors = int(re.search(r"errors: (\d+)", report).group(1))
    if not errors:
        assert "Search not completed" not in report, report
    return errors, int(re.search(r"(\d+) states, stored", report).group(1)), report


def test_there_are_eight_with_a_defect_each():
    assert len(MODELS) >= 8
    assert all(defects(model) for model in MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_the_model_has_no_error(model, tmp_path):
    errors, states, report = verify(tmp_path, model)
    assert errors == 0, report
    print(f"{model}: {states} states")


@pytest.mark.parametrize("model, defect", [(model, defect) for model in MODELS for defect in defects(model)])
def test_the_defect_is_found(model, defect, tmp_path):
    errors, states, report = verify(tmp_path, model, defect)
    assert errors, report
    print(f"{model}, {defect}: found after {states} states")
