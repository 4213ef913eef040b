"""Our shingles against their definition, our signatures against datasketch itself."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.duplicates.signature import (
    PERMUTATIONS,
    permutations,
    shingle,
    shingles,
    sign,
    signature_identity,
    signature_of,
)
from dedupe.text.tokens import tokenise

TEXT = "Storyfold folds 1,000 Straßen: Zürich’s 東京, กำลัง U.S."
hashes_of = st.lists(st.integers(0, 2**64 - 1), max_size=40).map(lambda values: np.array(values, np.uint64))


def fmix64(value: int) -> int:
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ value >> 33) * multiplier % 2**64
    return value ^ value >> 33


def windows(values: list[int], size: int) -> list[int]:
    """Hash every window as the docstring of `shingle` says."""
    found = []
    for start in range(max(len(values) - size, 0) + 1 if values else 0):
        total = 0
        for value in values[start : start + size]:
            total = (total * 0x9E3779B97F4A7C15 + value) % 2**64
        found.append(fmix64(total))
    return found


def datasketch_signature(shingled: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    reference = MinHash(num_perm=PERMUTATIONS, scheme="affine32", seed=1, hashfunc=lambda word: word)
    if len(shingled):
        reference.update_batch(shingled.tolist())
    digest: npt.NDArray[np.uint32] = reference.digest()
    return digest


@settings(deadline=None)
@given(hashes_of, st.integers(1, 7))
def test_shingles_follow_the_definition(token_hashes: npt.NDArray[np.uint64], size: int) -> None:
    expected = windows(token_hashes.tolist(), size)
    assert shingle(token_hashes, size).tolist() == expected
    assert shingles(token_hashes, size).tolist() == sorted({value >> 32 for value in expected})


@settings(deadline=None)
@given(st.sets(st.integers(0, 2**32 - 1), max_size=300))
def test_signatures_are_those_of_datasketch(words: set[int]) -> None:
    shingled = np.array(sorted(words), np.uint32)
    assert np.array_equal(sign(shingled, permutations()), datasketch_signature(shingled))


@settings(deadline=None)
@given(hashes_of, st.integers(1, 7))
def test_the_fused_kernel_gives_the_same(token_hashes: npt.NDArray[np.uint64], size: int) -> None:
    shingled, signature = signature_of(token_hashes, size)
    assert np.array_equal(shingled, shingles(token_hashes, size))
    assert np.array_equal(signature, datasketch_signature(shingled))


def test_signatures_of_text_are_those_of_datasketch() -> None:
    text = "\n".join(f"Line {n}: the council of Umbra voted {n * 7} to {n} on Tuesday, “at last”." for n in range(300))
    shingled, signature = signature_of(tokenise(text).hashes, 5)
    assert len(shingled) > 2_000
    assert np.array_equal(signature, datasketch_signature(shingled))


def test_signatures_never_change() -> None:
    shingled, signature = signature_of(tokenise(TEXT).hashes, 5)
    assert [f"{word:08x}" for word in shingled.tolist()] == [
        "13c17c47", "2bda8eef", "62725bab", "7c911994", "9b700e94", "a090df88", "d97a8ef6", "ebecf342",
    ]  # fmt: skip
    assert [f"{word:08x}" for word in signature[:4].tolist()] == ["009aba6a", "18927d3c", "017e195f", "0b69766e"]
    digest = hashlib.sha256(signature.astype("<u4").tobytes()).hexdigest()
    assert digest == "a6ed73e373ac80a0190cbbebb2e5d1507e7f483f3193b92c38383f465833db47"


def test_order_matters() -> None:
    forward = tokenise("dog bites man").hashes
    assert shingles(forward, 3).tolist() != shingles(forward[::-1].copy(), 3).tolist()


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("one", 1), ("one two three", 1), ("a b c d e", 1), ("a b c d e f", 2)]
)
def test_short_texts_give_one_shingle_of_what_there_is(text: str, count: int) -> None:
    assert len(shingles(tokenise(text).hashes, 5)) == count


def test_an_empty_text_is_signed_as_datasketch_signs_nothing() -> None:
    assert sign(np.empty(0, np.uint32), permutations()).tolist() == [2**32 - 1] * PERMUTATIONS


def test_the_estimate_is_within_four_standard_errors() -> None:
    words = np.random.default_rng(7).integers(0, 2**32, 3_000, dtype=np.uint32)
    left, right = words[:2_000], words[1_000:]
    jaccard = len(np.intersect1d(left, right)) / len(np.union1d(left, right))
    estimate = float(np.mean(sign(left, permutations()) == sign(right, permutations())))
    assert abs(estimate - jaccard) < 4 * 0.5 / PERMUTATIONS**0.5


def test_identity_names_everything_a_signature_depends_on() -> None:
    assert signature_identity() == {
        "scheme": "affine32",
        "permutations": 128,
        "permutation_seed": 1,
        "token_hash": 1,
        "unicode": "14.0.0",
    }
