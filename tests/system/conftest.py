# SPDX-License-Identifier: Apache-2.0
import os
import re

import pytest

from board import OUT, Board, image


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes the better part of a minute; T='not slow' leaves it out")
    config.addinivalue_line("markers", "soak: takes minutes; `make test` leaves it out")


@pytest.fixture
def board(request):
    """board("demo", cpu=.., ..) boots that system; it is ended with the test."""
    boards = []

    def boot(system, **kwargs):
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        log = os.path.join(OUT, "test-logs", f"{name}{len(boards) or ''}.log")
        boards.append(Board(image(system) if system else None, log, **kwargs))
        return boards[-1]

    yield boot
    for each in boards:
        each.close()


@pytest.fixture(scope="module")
def demo():
    """One demo for the tests of a file that leave it as they found it."""
    with Board(image("demo"), os.path.join(OUT, "test-logs", "demo.log")) as each:
        each.prompt()
        yield each
