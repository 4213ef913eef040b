from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import ids

BITS = st.integers(0, 2**64 - 1)


@given(BITS)
def test_an_id_holds_all_bits(bits: int) -> None:
    assert ids.decode("art", ids.encode("art", bits)) == bits


@given(BITS, BITS)
def test_ids_sort_as_their_bits(left: int, right: int) -> None:
    assert (ids.encode("clu", left) < ids.encode("clu", right)) == (left < right)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "art_",
        "clu_0000000000001",
        "art_000000000001",
        "art_00000000000001",
        "art_000000000000u",
        "art_000000000000A",
        "0000000000001",
        "xxxx0000000000001",
        "art_zzzzzzzzzzzzz",
    ],
)
def test_what_is_no_id_of_an_article_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not an id of the kind art_"):
        ids.decode("art", wrong)


def test_derived_ids_are_the_same_for_ever() -> None:
    assert ids.encode("clu", ids.derive("clu", 1, 1)) == "clu_enay5be8kmrgt"


@given(BITS, st.integers(1, 10**9))
def test_derived_ids_depend_on_kind_article_and_event(bits: int, seq: int) -> None:
    derived = {ids.derive("clu", bits, seq), ids.derive("dup", bits, seq), ids.derive("clu", bits, seq + 1)}

    assert len(derived) == 3
    assert all(0 <= value < 2**64 for value in derived)
