"""What readers count and look for, apart from the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """How many articles of a cluster were first seen within an hour, and how many of those are copies."""

    at: datetime
    articles: int
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleQuery:
    """Titles that have every word of one of the ``phrases``, of clusters that were first seen before a moment.

    Words are those of `title_words`; no phrase is empty. At most ``look`` titles are looked at, and ``most`` found.
    """

    phrases: Sequence[Sequence[str]]
    look: int
    most: int
    seen_before: datetime | None = None
