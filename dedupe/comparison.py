"""Two articles side by side: the passages they share, where those stand in both, and what each has of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from dedupe.clusters.similarity import shared_count
from dedupe.reading import Reading
from dedupe.text.passages import Run, shared_runs
from dedupe.weighing import Weights, shared_weights
from dedupe.wording import Span, wording

MOST_PASSAGES: Final = 200
MOST_TERMS: Final = 20
EXCERPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of the same words in both, however punctuated; ``excerpt`` begins it as the left one writes it."""

    left: Span
    right: Span
    tokens: int
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTerm:
    """A term that both have, as the left one writes it, and what it adds to their similarity."""

    term: str
    contribution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How much of one article is shared, and what it has of its own.

    Words of different ``language`` are different terms, though passages may be the same. ``added`` are the
    longest stretches of its own in the order of the text; there are ``added_left_out`` more, which the
    counts include.
    """

    language: str
    tokens: int
    shared_tokens: int
    added_tokens: int
    added_characters: int
    added: tuple[Span, ...]
    added_left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two articles share.

    ``similarity`` is the cosine of their weighted terms, ``jaccard`` and ``containment`` are those of their
    shingles. ``passages`` are the longest in the order of the left text; there are ``passages_left_out``
    more. ``terms`` are those that add most to the similarity.
    """

    similarity: float
    jaccard: float
    containment: float
    passages: tuple[Passage, ...]
    passages_left_out: int
    terms: tuple[SharedTerm, ...]
    left: Side
    right: Side


def compare(left: Weights, right: Weights, size: int) -> Comparison:
    """Compare two articles, passages being at least ``size`` tokens long."""
    runs = runs_between(left.reading, right.reading, size)
    passages, left_out = passages_of(runs, (left.reading, right.reading))
    ours, theirs = sides(runs, (left.reading, right.reading))
    jaccard, containment = overlap(left.reading, right.reading)
    return Comparison(
        similarity=round(sum(shared_weights(left, right).values()), 4),
        jaccard=jaccard,
        containment=containment,
        passages=passages,
        passages_left_out=left_out,
        terms=shared_terms(left, right),
        left=ours,
        right=theirs,
    )


def runs_between(left: Reading, right: Reading, size: int) -> list[Run]:
    """Return the runs of at least ``size`` tokens that the wordings of two articles share."""
    return shared_runs(wording(left).hashes, wording(right).hashes, size)


def passages_of(runs: Sequence[Run], pair: tuple[Reading, Reading]) -> tuple[tuple[Passage, ...], int]:
    """Return the longest of the runs between two articles as passages, in order, and how many others there are."""
    left, right = pair
    ours, theirs = wording(left), wording(right)
    shown = sorted(nlargest(MOST_PASSAGES, runs, key=lambda run: run.tokens))
    passages = []
    for run in shown:
        span = ours.span(run.left, run.left + run.tokens)
        passages.append(
            Passage(
                left=span,
                right=theirs.span(run.right, run.right + run.tokens),
                tokens=run.tokens,
                excerpt=span.within(left)[:EXCERPT],
            )
        )
    return tuple(passages), len(runs) - len(shown)


def sides(runs: Sequence[Run], pair: tuple[Reading, Reading]) -> tuple[Side, Side]:
    """Return what each of two articles has of its own beside the runs that they share."""
    left, right = pair
    return (
        _side(left, [(run.left, run.left + run.tokens) for run in runs]),
        _side(right, [(run.right, run.right + run.tokens) for run in runs]),
    )


def shared_terms(left: Weights, right: Weights) -> tuple[SharedTerm, ...]:
    """Return the shared terms that add most to the similarity of two articles, the most first."""
    words, most = left.words(), list(shared_weights(left, right).items())[:MOST_TERMS]
    shown = (SharedTerm(term=words[term], contribution=round(added, 4)) for term, added in most)
    return tuple(term for term in shown if term.contribution > 0)


def overlap(left: Reading, right: Reading) -> tuple[float, float]:
    """Return Jaccard similarity and containment of two articles' shingles; zeros where one has none."""
    ours, theirs = left.evidence.shingles, right.evidence.shingles
    fewer = min(len(ours), len(theirs))
    if not fewer:
        return 0.0, 0.0
    shared = shared_count(ours, theirs)
    return round(shared / (len(ours) + len(theirs) - shared), 4), round(shared / fewer, 4)


def _side(reading: Reading, shared: Sequence[tuple[int, int]]) -> Side:
    words = wording(reading)
    tokens, kept = words.counted, sum(last - first for first, last in shared)
    own = words.without(shared)
    spans = [words.span(first, last) for first, last in own]
    longest = sorted(nlargest(MOST_PASSAGES, range(len(own)), key=lambda at: own[at][1] - own[at][0]))
    return Side(
        language=reading.language,
        tokens=tokens,
        shared_tokens=kept,
        added_tokens=tokens - kept,
        added_characters=sum(span.end - span.start for span in spans),
        added=tuple(spans[at] for at in longest),
        added_left_out=len(spans) - len(longest),
    )
