from __future__ import annotations

import numpy as np
import pytest

from dedupe.duplicates.bands import Buckets
from dedupe.duplicates.signature import signature_of
from dedupe.duplicates.texts import Texts
from dedupe.text.tokens import tokenise
from tests.random_seeds import seeds

SIZE, SIMILARITY = 5, 0.5


def written(rng: np.random.Generator, words: int) -> list[str]:
    return [f"word{number}" for number in rng.integers(3_000, size=words)]


def stream(seed: int, count: int) -> list[str]:
    """Return texts, every third with words of an earlier one exchanged; some in other scripts, short, or empty."""
    rng, told = np.random.default_rng(seed), [["Zoë", "is", "here"], [], ["…"], ["и", "это", "тоже"] * 9]
    while len(told) < count:
        words = written(rng, int(rng.integers(1, 90)))
        if len(told) % 3 == 0:
            words = list(told[int(rng.integers(len(told)))])
            for at in rng.integers(len(words), size=len(words) // 30) if words else ():
                words[at] = "changed"
        told.append(words)
    return [" ".join(words) for words in told]


def alike(left: str, right: str) -> bool:
    first, second = (set(signature_of(tokenise(text).hashes, SIZE)[0].tolist()) for text in (left, right))
    return len(first & second) >= SIMILARITY * len(first | second) > 0


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_what_is_found_is_what_the_engine_s_parts_find(seed: int) -> None:
    """Bucket by bucket the same candidates, and of these the ones that share enough, by counting."""
    texts, buckets = Texts(Buckets(42, 3, 64), SIZE, SIMILARITY), Buckets(42, 3, 64)
    told, found_any = stream(seed, 120), 0
    for number, text in enumerate(told):
        shingled, signature = signature_of(tokenise(text).hashes, SIZE)
        candidates = buckets.candidates(signature).tolist() if len(shingled) else []
        expected = [slot for slot in candidates if alike(text, told[slot])]
        assert texts.find_and_add(text) == expected
        found_any += bool(expected)
        if len(shingled):
            buckets.add(number, signature)
    assert found_any > 20
    assert texts.count == len(told)


@pytest.mark.compiled
def test_tables_grow_with_the_texts() -> None:
    rng = np.random.default_rng(8)
    texts = Texts(Buckets(42, 3, 64), SIZE, SIMILARITY)
    told = [" ".join(written(rng, 40)) for _ in range(3_000)]
    assert not any(texts.find_and_add(text) for text in told)

    assert [texts.find_and_add(text)[0] for text in told[::100]] == list(range(0, 3_000, 100))
