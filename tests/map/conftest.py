# SPDX-License-Identifier: Apache-2.0
import pytest

from pages import Browser, Systems


@pytest.fixture(scope="session")
def systems(tmp_path_factory):
    return Systems(tmp_path_factory.mktemp("map"))


@pytest.fixture(scope="session")
def browser(systems, tmp_path_factory):
    each = Browser(systems, tmp_path_factory.mktemp("pages"))
    yield each
    each.close()
