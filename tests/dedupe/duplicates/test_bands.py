from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dedupe.duplicates.bands import LONGEST, MAX_CANDIDATES, Buckets, band_keys
from dedupe.duplicates.signature import PERMUTATIONS, permutations, sign

BANDS, ROWS, CAP = 42, 3, 64
Signature = NDArray[np.uint32]


def signature(rng: np.random.Generator) -> Signature:
    return rng.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)


def altered(original: Signature, rng: np.random.Generator, share: float) -> Signature:
    """Return a signature that agrees with another on about ``share`` of its positions."""
    return np.where(rng.random(PERMUTATIONS) < share, original, signature(rng)).astype(np.uint32)


def shared_bands(left: Signature, right: Signature) -> int:
    cut = BANDS * ROWS
    return int((left[:cut].reshape(BANDS, ROWS) == right[:cut].reshape(BANDS, ROWS)).all(axis=1).sum())


def expected(known: dict[int, Signature], probe: Signature) -> list[int]:
    """Return the slots that share bands, most first, by comparing with every signature there is."""
    strength = {slot: shared_bands(probe, theirs) for slot, theirs in known.items()}
    return sorted((slot for slot in strength if strength[slot]), key=lambda slot: -strength[slot])


def family(seed: int, articles: int) -> tuple[Buckets, dict[int, Signature], np.random.Generator]:
    """Return buckets of articles, some alike, with every seventh slot left empty."""
    rng = np.random.default_rng(seed)
    buckets, known = Buckets(BANDS, ROWS, CAP), {}
    for slot in (slot for slot in range(articles) if slot % 7):
        origin = known[int(rng.choice(list(known)))] if known and rng.random() < 0.5 else signature(rng)
        known[slot] = altered(origin, rng, rng.random())
        buckets.add(slot, known[slot])
    return buckets, known, rng


@pytest.mark.parametrize("seed", range(6))
def test_candidates_are_those_of_brute_force(seed: int) -> None:
    buckets, known, rng = family(seed, 150)
    for slot in map(int, rng.choice(list(known), 12)):
        probe = altered(known[slot], rng, 0.8)
        wanted, got = expected(known, probe), buckets.candidates(probe).tolist()
        strength = [shared_bands(probe, known[found]) for found in got]
        assert len(got) == min(len(wanted), MAX_CANDIDATES)
        assert strength == [shared_bands(probe, known[found]) for found in wanted[: len(got)]]
    assert buckets.flooded == 0


def test_removed_and_old_articles_are_not_found() -> None:
    buckets, known, rng = family(1, 60)
    probe = signature(rng)
    for slot in (60, 61, 62):
        known[slot] = probe
        buckets.add(slot, probe)
    assert buckets.candidates(probe).tolist()[:3] == [62, 61, 60]

    buckets.remove(61)
    assert set(buckets.candidates(probe).tolist()) & {60, 61, 62} == {60, 62}
    buckets.oldest = 62
    assert buckets.candidates(probe).tolist() == [62]


def test_articles_are_found_after_the_table_was_laid_out_anew() -> None:
    rng = np.random.default_rng(5)
    first, last = signature(rng), signature(rng)
    buckets = Buckets(BANDS, ROWS, CAP)
    buckets.add(0, first)
    buckets.add(1_600, last)

    assert buckets.candidates(first).tolist() == [0]
    assert buckets.candidates(last).tolist() == [1_600]


def test_a_flood_is_capped_and_counted() -> None:
    rng = np.random.default_rng(3)
    template, buckets = signature(rng), Buckets(BANDS, ROWS, cap=8)
    for slot in range(50):
        buckets.add(slot, template)
    found = buckets.candidates(template).tolist()

    assert sorted(found) == list(range(42, 50)), "the newest"
    assert buckets.flooded == BANDS


@pytest.mark.compiled
def test_a_flood_holds_nobody_up_while_the_table_grows() -> None:
    """Of one text sent again and again the newest are found, and nearly all others are still found beside it."""
    rng = np.random.default_rng(4)
    template, buckets, others = signature(rng), Buckets(BANDS, ROWS, CAP), {}
    for slot in range(6 * LONGEST):
        others[slot] = signature(rng) if slot % 2 else template
        buckets.add(slot, others[slot])

    newest = buckets.candidates(template).tolist()
    assert newest == list(range(6 * LONGEST - 2, 6 * LONGEST - 2 - 2 * MAX_CANDIDATES, -2))
    assert all(slot in buckets.candidates(others[slot]) for slot in range(1, 6 * LONGEST, 2))


@pytest.mark.compiled
def test_chains_made_again_lead_to_the_same_articles() -> None:
    buckets, known, rng = family(9, 4_000)
    for slot in range(0, 4_000, 5):
        buckets.remove(slot)
    buckets.oldest = 1_000
    probes = [altered(known[int(slot)], rng, 0.8) for slot in rng.choice(list(known), 60)]
    before = [buckets.candidates(probe).tolist() for probe in probes]
    buckets.rebuild()

    assert [buckets.candidates(probe).tolist() for probe in probes] == before
    assert all(slot >= 1_000 and slot % 5 for found in before for slot in found)


def test_a_search_leaves_no_trace() -> None:
    buckets, known, rng = family(5, 80)
    probe = altered(known[1], rng, 0.7)

    assert buckets.candidates(probe).tolist() == buckets.candidates(probe).tolist()


def test_keys_differ_by_band_and_are_never_zero() -> None:
    keys = band_keys(np.zeros(PERMUTATIONS, np.uint32), BANDS, ROWS)

    assert len(set(keys.tolist())) == BANDS
    assert 0 not in keys


@pytest.mark.compiled
def test_many_articles_make_the_table_grow() -> None:
    buckets, known, rng = family(2, 8_000)

    for slot in map(int, rng.choice(list(known), 30)):
        assert shared_bands(known[slot], known[int(buckets.candidates(known[slot])[0])]) == BANDS


@pytest.mark.compiled
def test_recall_is_that_of_the_theory() -> None:
    """Of pairs of Jaccard similarity s, 1 - (1 - s^3)^42 are found: .68 at .3, .94 at .4."""
    rng, pairs = np.random.default_rng(11), 1_000
    for similarity in (0.2, 0.3, 0.4, 0.6):
        buckets, probes = Buckets(BANDS, ROWS, CAP), []
        shared = round(2 * 200 * similarity / (1 + similarity))
        for slot in range(pairs):
            words = np.unique(rng.integers(0, 2**32, 400 + 8, dtype=np.uint32))
            rng.shuffle(words)
            left, right = words[:200], words[200 - shared : 400 - shared]
            buckets.add(slot, sign(np.sort(left), permutations()))
            probes.append(sign(np.sort(right), permutations()))
        found = sum(slot in buckets.candidates(probe) for slot, probe in enumerate(probes))
        jaccard = shared / (400 - shared)
        theory = 1 - (1 - jaccard**ROWS) ** BANDS
        assert abs(found / pairs - theory) < 4 * (theory * (1 - theory) / pairs) ** 0.5 + 0.01
