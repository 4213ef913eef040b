"""One spelling for all writings of the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text.normalise import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("NATO Chief", "nato chief"),
        ("Biden’s", "biden's"),
        ("`quoted`", "'quoted'"),
        ("co\u00adop\u200b", "coop"),
        ("Straße ﬁn", "strasse fin"),
        ("cafe\u0301", "café"),
        ("ＡＢＣ１２", "abc12"),
        ("ｶﾞｽ", "ガス"),
    ],
)
def test_writings_share_a_spelling(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(alphabet=st.characters(categories=("L", "M", "N", "Z", "P"))))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_is_the_long_way(text: str) -> None:
    assert normalise(text + "ü") == normalise(text) + "ü"
