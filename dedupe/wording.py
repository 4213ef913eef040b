"""What an article says, token by token, with where each stands in the title or the text as given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reading import Reading

Field = Literal["title", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of an article's title or text; offsets count characters (Unicode code points) of it as given."""

    field: Field
    start: int
    end: int

    def within(self, reading: Reading) -> str:
        """Return what is written there."""
        article = reading.article
        return (article.title if self.field == "title" else article.text)[self.start : self.end]


class Wording(NamedTuple):
    """The tokens of the title, a gap, and those of the text; ``hashes`` is 0 where nothing is compared.

    A title that was guessed from the text has no place of its own, and counts where it stands. ``counted``
    are the tokens compared.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    gap: int

    @property
    def counted(self) -> int:
        """Return how many tokens are compared."""
        return int(np.count_nonzero(self.hashes))

    def span(self, first: int, last: int) -> Span:
        """Return where the tokens from ``first`` to before ``last`` stand, which must lie on one side of the gap."""
        field: Field = "title" if first < self.gap else "text"
        return Span(field=field, start=int(self.starts[first]), end=int(self.ends[last - 1]))

    def without(self, parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the stretches of compared tokens that are in none of the ``parts``, each from first to before last."""
        left = self.hashes != 0
        for first, last in parts:
            left[first:last] = False
        edges = np.flatnonzero(np.diff(left.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
        return [(first, last) for first, last in edges.tolist()]


def wording(reading: Reading) -> Wording:
    """Return the wording of an article as it was read: without furniture, datelines and credits."""
    head, body = reading.page.head, reading.page.body
    titled = len(head.hashes) if reading.article.title else 0
    compared = np.where(reading.page.without(reading.dropped), body.hashes, np.uint64(0))
    gap = np.zeros(1, np.uint32)
    return Wording(
        np.concatenate((head.hashes[:titled], gap.astype(np.uint64), compared)),
        np.concatenate((head.starts[:titled], gap, body.starts)),
        np.concatenate((head.ends[:titled], gap, body.ends)),
        titled,
    )
