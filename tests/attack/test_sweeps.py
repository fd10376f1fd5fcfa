# SPDX-License-Identifier: Apache-2.0
"""The long cases, and the short ones on other processors."""

import re

import pytest

import registers
from attack import names
from test_registers import SWEEPS as REGISTERS
from test_cases import SKIPPED

pytestmark = pytest.mark.soak

SWEEPS = [name for name in names("SWEEP") if name not in REGISTERS]


# At least so many, so that none is left out: each offset with each size, read, written and read again with
# three patterns where nothing is kept; all numbers, owners and conventions but for those that exist.
LEAST = {
    "V01_distributor_every_byte": 4 * 7 * 60000,
    "V02_redistributors_every_byte": 2 * 4 * 7 * 120000,
    "H01_every_function": 4 * 64 * 0x10000 - 32,
    "R03_many_random_words": 2 * 1000000,
}
COUNT = re.compile(r"attack: (\d+) (accesses|calls|words)")


def swept(attack, command, tell):
    """Runs it; how many it tried is told, and enough."""
    name = command.split()[0]
    lines = attack.run(command, 900)
    assert f"attack: {name}: ok" in lines
    counts = [match for match in map(COUNT.fullmatch, lines) if match]
    for match in counts:
        tell(f"{command}: {match.group(1)} {match.group(2)}")
    assert sum(int(match.group(1)) for match in counts) >= LEAST.get(name, 0)


@pytest.mark.parametrize("name", SWEEPS)
def test_sweep(parallel, name, tell):
    swept(parallel, name, tell)


# With the one above ten million words.
@pytest.mark.parametrize("seed", range(2, 6))
def test_random_words_of_another_seed(fresh, seed, tell):
    attack = fresh()
    swept(attack, f"R03_many_random_words {seed}", tell)


@pytest.mark.parametrize("cpu", [model for model in registers.MODELS if model != "cortex-a72"])
def test_cases_on(fresh, cpu):
    attack = fresh(cpu=cpu)
    wrong = {name: result for name in names("SHORT") if (result := attack.case(name, 120)) != "ok"}
    assert set(wrong) <= SKIPPED, wrong
