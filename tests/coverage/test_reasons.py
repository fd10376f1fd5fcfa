# SPDX-License-Identifier: Apache-2.0
"""The reviewed lists name what is in the tree: `make coverage` says whether they are right."""

import re

import pytest

from measure import long_reasons
from reasons import entries, fits, source, text_of

ENTRIES = list(entries())


@pytest.mark.parametrize("path", sorted({each.path for each in ENTRIES}))
def test_each_reason_names_a_line_that_is_there(path):
    texts = [text_of(path, number + 1) for number in range(len(source(path)))]
    words = set(re.findall(r"\w+", "\n".join(source(path))))
    for each in (each for each in ENTRIES if each.path == path):
        assert each.function == "*" or each.function in words, each
        assert each.text == "*" or any(fits(each.text, text) for text in texts), each
        assert len(each.reason) >= 8, each


def test_each_long_stay_has_one_limit():
    names = [each.function for each in long_reasons()]
    assert len(set(names)) == len(names)
    assert all(each.most > 2000 and each.why for each in long_reasons())
