# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys

import pytest

for folder in "system", "mutants":
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), folder))

from attack import Attack, image_of  # noqa: E402
from board import OUT  # noqa: E402


LINES = pytest.StashKey()


@pytest.fixture
def tell(request):
    """tell(TEXT): a line for the end of the run."""
    return lambda line: request.config.stash.setdefault(LINES, []).append(line)


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes long; `make attack` runs it, `make test` does not")


def pytest_terminal_summary(terminalreporter, config):
    """Counts that a test wants told."""
    for line in config.stash.get(LINES, []):
        terminalreporter.write_line(f"attack: {line}")


def boards(request, **kwargs):
    """A board; the witness is asked at its end, whichever tests had it."""
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    each = Attack(image_of("attack"), os.path.join(OUT, "test-logs", f"attack-{name}.log"), **kwargs)
    yield each
    try:
        each.witness_saw_nothing()
    finally:
        each.board.close()


@pytest.fixture(scope="module")
def counted(request):
    """Time is instructions; one board for the tests of a file."""
    yield from boards(request, counted=True)


@pytest.fixture(scope="module")
def parallel(request):
    """CPUs run side by side; one board for the tests of a file."""
    yield from boards(request)


@pytest.fixture
def fresh(request):
    """fresh(cpu=..): a board of the test's own."""
    made = []

    def boot(**kwargs):
        made.append(boards(request, **kwargs))
        return next(made[-1])

    yield boot
    for each in made:
        next(each, None)
