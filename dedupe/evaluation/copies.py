"""How well duplicate groups agree with labelled copies.

A predicted pair is two articles of one duplicate group. It is true when it is labelled a copy. It
is false unless there is a reason not to count it: the labels make the two copies of a third one,
or leave the pair open, or one of the texts is too short to have been labelled.

Groups are counted, not spelt out as pairs: the time taken grows with the number of articles and of
labelled pairs, however large a group is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, product
from math import comb
from typing import Self

from dedupe.evaluation.metrics import Agreement

Pair = tuple[str, str]
"""Two article ids in alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLabels:
    """Which articles are copies of each other.

    ``families`` names the set of copies that an article is in, for those that are in one. Where only
    some pairs of a family are labelled they are in ``copies``; None means all of them. ``open_pairs``
    are left open, and ``short`` are the articles too short to have been labelled.
    """

    families: Mapping[str, str]
    copies: frozenset[Pair] | None = None
    open_pairs: frozenset[Pair] = field(default_factory=frozenset)
    short: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of_pairs(
        cls, copies: frozenset[Pair], open_pairs: frozenset[Pair] = frozenset(), short: frozenset[str] = frozenset()
    ) -> Self:
        """Return labels of single pairs; what a chain of them connects is one family."""
        return cls(families=_families(copies), copies=copies, open_pairs=open_pairs, short=short)

    def among(self, article_ids: AbstractSet[str]) -> Self:
        """Return what is known of some of the articles and of the pairs that they make."""
        return replace(
            self,
            families={i: family for i, family in self.families.items() if i in article_ids},
            copies=None if self.copies is None else frozenset(pair for pair in self.copies if article_ids >= set(pair)),
            open_pairs=frozenset(pair for pair in self.open_pairs if article_ids >= set(pair)),
            short=self.short & article_ids,
        )


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


def score_copies(groups: Mapping[str, str | None], labels: CopyLabels, examples: int = 20) -> CopyScores:
    """Compare the duplicate group of each article, None for nobody's copy, with labels."""
    predicted = {article_id: group for article_id, group in groups.items() if group is not None}
    labelled, true = _count_pairs(predicted, labels)
    return CopyScores(
        labelled_count=labelled,
        true_count=true,
        false_count=_count_false(predicted, labels),
        false_pairs=tuple(islice(_false_pairs(predicted, labels), examples)),
        missed_pairs=tuple(islice(_missed_pairs(predicted, labels), examples)),
    )


def copies_by_language(
    groups: Mapping[str, str | None], labels: CopyLabels, languages: Mapping[str, str]
) -> list[tuple[str, CopyScores]]:
    """Return the scores of the copies among the articles of each language, the most common first."""
    spoken: dict[str, set[str]] = defaultdict(set)
    for article_id in groups:
        spoken[languages[article_id]].add(article_id)
    ordered = sorted(spoken.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        (language, score_copies({i: groups[i] for i in sorted(kept)}, labels.among(kept), examples=0))
        for language, kept in ordered
    ]


def pair_of(left: str, right: str) -> Pair:
    """Return two ids as a pair, whichever comes first."""
    return (left, right) if left < right else (right, left)


def _count_pairs(predicted: Mapping[str, str], labels: CopyLabels) -> tuple[int, int]:
    """Return how many pairs are labelled copies, and how many of those are in one group."""
    if labels.copies is not None:
        return len(labels.copies), sum(_is_found(pair, predicted) for pair in labels.copies)
    found = Counter((predicted[i], family) for i, family in labels.families.items() if i in predicted)
    return _pairs_within(Counter(labels.families.values()).values()), _pairs_within(found.values())


def _count_false(predicted: Mapping[str, str], labels: CopyLabels) -> int:
    """Count the pairs within groups, less those of one family and those that are left open."""
    long = [article_id for article_id in predicted if article_id not in labels.short]
    claimed = _pairs_within(Counter(predicted[article_id] for article_id in long).values())
    related = Counter((predicted[i], labels.families[i]) for i in long if i in labels.families)
    left_open = sum(_is_found(pair, predicted) and _may_be_false(pair, labels) for pair in labels.open_pairs)
    return claimed - _pairs_within(related.values()) - left_open


def _false_pairs(predicted: Mapping[str, str], labels: CopyLabels) -> Iterator[Pair]:
    """Yield false pairs, of each two families that share a group one: more of them would show the same error."""
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for article_id in sorted(predicted.keys() - labels.short):
        family = labels.families.get(article_id, f"\0{article_id}")  # one of its own
        members[predicted[article_id]][family].append(article_id)
    for group in sorted(members):
        for families in combinations(members[group].values(), 2):
            pairs = (pair_of(*pair) for pair in product(*families))
            yield from islice((pair for pair in pairs if pair not in labels.open_pairs), 1)


def _missed_pairs(predicted: Mapping[str, str], labels: CopyLabels) -> Iterator[Pair]:
    if labels.copies is not None:
        yield from (pair for pair in sorted(labels.copies) if not _is_found(pair, predicted))
        return
    members: dict[str, dict[str, str]] = defaultdict(dict)
    for article_id in sorted(labels.families):
        # Of the copies in one group the first stands for all; an article in no group is by itself.
        members[labels.families[article_id]].setdefault(predicted.get(article_id, f"\0{article_id}"), article_id)
    for family in sorted(members):
        yield from combinations(sorted(members[family].values()), 2)


def _is_found(pair: Pair, predicted: Mapping[str, str]) -> bool:
    return pair[0] != pair[1] and pair[0] in predicted and predicted[pair[0]] == predicted.get(pair[1])


def _may_be_false(pair: Sequence[str], labels: CopyLabels) -> bool:
    left, right = pair
    if left in labels.short or right in labels.short:
        return False
    return left not in labels.families or labels.families[left] != labels.families.get(right)


def _pairs_within(sizes: Collection[int]) -> int:
    return sum(comb(size, 2) for size in sizes)


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
