"""How well duplicate groups agree with labelled pairs of copies.

A predicted pair is two articles of one duplicate group. It is true when it is labelled a copy. It
is false unless there is a reason not to count it: the labels make the two copies of a third one,
or leave the pair open, or one of the texts is too short to have been labelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from dedupe.evaluation.metrics import Agreement

Pair = tuple[str, str]
"""Two article ids in alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLabels:
    """Which pairs are copies, which are left open, and which articles were too short to be labelled."""

    copies: frozenset[Pair]
    open_pairs: frozenset[Pair] = field(default_factory=frozenset)
    short: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyScores:
    """How many labelled pairs there are, were found, and were predicted wrongly; examples of both errors."""

    labelled_count: int
    true_count: int
    false_count: int
    false_pairs: tuple[Pair, ...] = ()
    missed_pairs: tuple[Pair, ...] = ()

    @property
    def agreement(self) -> Agreement:
        """Return precision and recall over pairs."""
        predicted = self.true_count + self.false_count
        return Agreement(
            self.true_count / predicted if predicted else 0.0,
            self.true_count / self.labelled_count if self.labelled_count else 0.0,
        )


def score_copies(groups: Mapping[str, str | None], labels: CopyLabels, examples: int = 10) -> CopyScores:
    """Compare the duplicate group of each article, None for nobody's copy, with labelled pairs."""
    family = _families(labels.copies)
    found: set[Pair] = set()
    false_count = 0
    false_pairs: list[Pair] = []
    for pair in _predicted_pairs(groups):
        if pair in labels.copies:
            found.add(pair)
        elif not _is_excused(pair, labels, family):
            false_count += 1
            if len(false_pairs) < examples:
                false_pairs.append(pair)
    return CopyScores(
        labelled_count=len(labels.copies),
        true_count=len(found),
        false_count=false_count,
        false_pairs=tuple(false_pairs),
        missed_pairs=tuple(sorted(labels.copies - found)[:examples]),
    )


def pair_of(left: str, right: str) -> Pair:
    """Return two ids as a pair, whichever comes first."""
    return (left, right) if left < right else (right, left)


def _is_excused(pair: Pair, labels: CopyLabels, family: Mapping[str, str]) -> bool:
    left, right = pair
    if pair in labels.open_pairs or left in labels.short or right in labels.short:
        return True
    return left in family and family[left] == family.get(right)


def _predicted_pairs(groups: Mapping[str, str | None]) -> Iterator[Pair]:
    members: dict[str, list[str]] = defaultdict(list)
    for article_id, group in groups.items():
        if group is not None:
            members[group].append(article_id)
    for group in sorted(members):
        yield from combinations(sorted(members[group]), 2)


def _families(pairs: Iterable[Pair]) -> dict[str, str]:
    """Return a name for each set of articles that a chain of pairs connects."""
    parent: dict[str, str] = {}

    def root(article_id: str) -> str:
        parent.setdefault(article_id, article_id)
        while parent[article_id] != article_id:
            parent[article_id] = parent[parent[article_id]]
            article_id = parent[article_id]
        return article_id

    for left, right in sorted(pairs):
        parent[root(left)] = root(right)
    return {article_id: root(article_id) for article_id in parent}
