# SPDX-License-Identifier: Apache-2.0
"""The long cases, and the short ones on other processors."""

import pytest

from attack import names
from test_registers import SWEEPS as REGISTERS
from test_cases import SKIPPED

pytestmark = pytest.mark.soak

SWEEPS = [name for name in names("SWEEP") if name not in REGISTERS]


@pytest.mark.parametrize("name", SWEEPS)
def test_sweep(parallel, name):
    assert parallel.case(name, 480) == "ok"


def test_witness_saw_nothing(parallel):
    parallel.witness_saw_nothing()


@pytest.mark.parametrize("seed", range(2, 5))
def test_random_words_of_another_seed(fresh, seed):
    attack = fresh()
    lines = attack.run(f"R03_many_random_words {seed}", 480)
    assert "attack: R03_many_random_words: ok" in lines
    attack.witness_saw_nothing()


@pytest.mark.parametrize("cpu", ["cortex-a53", "cortex-a55", "cortex-a76", "neoverse-n1", "max"])
def test_cases_on(fresh, cpu):
    attack = fresh(cpu=cpu)
    wrong = {name: result for name in names("SHORT") if (result := attack.case(name, 120)) != "ok"}
    assert set(wrong) <= SKIPPED, wrong
    attack.witness_saw_nothing()
