"""What the index consists of, attribute by attribute, and how a snapshot keeps each of them.

Whatever is not named here cannot be kept: an attribute that somebody adds to a part of the index raises
`IncompleteLayout` until it has its line in `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dedupe.clusters.index import ClusterIndex
from dedupe.clusters.postings import Postings
from dedupe.clusters.vocabulary import Vocabulary
from dedupe.columns import Arena
from dedupe.counting import Counts
from dedupe.duplicates.bands import Buckets
from dedupe.duplicates.groups import Groups
from dedupe.index import Index
from dedupe.interner import Interner
from dedupe.text.source_lines import SourceLines

Count = Callable[[Any, Index], int]
"""How many rows of an array are in use, given what it belongs to."""


class IncompleteLayout(TypeError):
    """A part of the index has an attribute of which nobody said how a snapshot keeps it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an array that are in use; room behind them is filled with ``fill``, or ``exact``ly none is left.

    Those that ``change`` are copied while writing waits. The others are never touched again once they are
    there, unless a text is erased, which ends a snapshot: they can be written while the index goes on. In a running
    index, those ``on_disk`` lie in a file of their own.
    """

    count: Count
    change: bool = True
    fill: int = 0
    exact: bool = False
    on_disk: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """A dictionary of numbers, and what its keys are."""

    key: type[int | str]


@dataclass(frozen=True, slots=True)
class Omitted:
    """Not kept, for a reason."""

    why: str


PART: Final = "part"
"""An object with a layout of its own."""
NUMBER: Final = "number"
GIVEN: Final = Omitted("follows from the settings, or from the store")
SCRATCH: Final = Omitted("room to count in, or a count since the start")
REBUILT: Final = Omitted("made again by the part's own `rebuild`")
APART: Final = Omitted("kept in words, by `dedupe.snapshot.contents`")
ELSEWHERE: Final = Omitted("the same memory, named once more")

Way = Rows | Tally | Omitted | str | Mapping[str, Any]


def _slots(_: Any, index: Index) -> int:
    return index.clusters.slots


def _clusters(_: Any, index: Index) -> int:
    return index.clusters.count


def _used(owner: Any, _: Index) -> int:
    return int(owner.count)


def _length(owner: Any, _: Index) -> int:
    return int(owner.length)


def _signed(buckets: Any, index: Index) -> int:
    return min(len(buckets._entries.keys), index.clusters.slots)


def _all(name: str) -> Count:
    return lambda owner, _: len(getattr(owner, name))


def _until(end: int) -> Count:
    return lambda clusters, _: int(clusters.space.texts.ends[end])


PARTS: Final[Mapping[type, Mapping[str, Way]]] = {
    Index: {
        "clusters": PART,
        "buckets": PART,
        "groups": PART,
        "counts": PART,
        "constraints": APART,
        "embargoes": APART,
        "seq": NUMBER,
        "_settings": GIVEN,
        "_articles": PART,
        "_slots": Rows(lambda index, _: index._articles.count, change=False),
        "_clusters": PART,
        "_rule": GIVEN,
    },
    ClusterIndex: {
        "vocabulary": PART,
        "oldest": NUMBER,
        "slots": NUMBER,
        "count": NUMBER,
        "space": {
            "articles": Rows(_slots),
            "membership": Rows(_slots),
            "clusters": Rows(_clusters),
            "texts": {
                "terms": Rows(_until(0), change=False),
                "weights": Rows(_until(0), change=False),
                "title_terms": Rows(_until(1), change=False),
                "title_weights": Rows(_until(1), change=False),
                "shingles": Rows(_until(2), change=False, on_disk=True),
                "numbers": Rows(_until(3), change=False),
                "ends": Rows(lambda *_: 4, exact=True),
            },
        },
        "articles": ELSEWHERE,
        "clusters": ELSEWHERE,
        "_postings": PART,
        "_posting_cap": GIVEN,
        "_folder": GIVEN,
        "_dropped": PART,
        "_scratch": REBUILT,
        "_term_scratch": SCRATCH,
    },
    Vocabulary: {
        "_priors": GIVEN,
        "_interner": PART,
        "terms": {
            "languages": Rows(_used, change=False),
            "counts": Rows(_used),
            "idf": Rows(_used),
            "heads": Rows(_used, fill=-1),
        },
        "articles": Tally(int),
        "_frozen_articles": Tally(int),
        "_due": Tally(int),
        "_order": REBUILT,
    },
    # A block goes on being filled after the cut, and `Postings.rebuild` takes out what is newer.
    Postings: {
        "count": NUMBER,
        "cells": {"articles": Rows(_used, change=False), "weights": Rows(_used, change=False)},
    },
    Interner: {
        "count": NUMBER,
        "_table": {"keys": Rows(_used, change=False), "following": REBUILT, "heads": REBUILT},
    },
    Arena: {"cells": Rows(_length), "length": NUMBER},
    Buckets: {
        "_rows": GIVEN,
        "_cap": GIVEN,
        "_chains": REBUILT,
        "_heads": REBUILT,
        "_entries": {"keys": Rows(_signed, change=False), "following": REBUILT},
        "_hits": REBUILT,
        "oldest": NUMBER,
        "flooded": SCRATCH,
    },
    Groups: {"_bits": PART, "_sizes": PART, "_founders": PART},
    Counts: {
        "source_lines": PART,
        "_clusters": ELSEWHERE,
        "_languages": Tally(str),
        "_joined": Tally(str),
        "_counted_from": Tally(int),
    },
    SourceLines: {
        "_keys": Rows(_all("_keys"), exact=True),
        "_counts": Rows(_all("_counts"), exact=True),
        "_used": NUMBER,
    },
}
