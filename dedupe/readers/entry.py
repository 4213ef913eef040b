"""What a format yields: one article's fields at a time, or why they cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dedupe.errors import UnreadableInput
from dedupe.readers.source import Source

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a file. ``place`` is file and line; ``problem`` says why there are no fields."""

    place: str
    fields: Fields
    problem: str | None = None

    def checked(self) -> Fields:
        """Return the fields; raise `UnreadableInput` when there are none."""
        if self.problem is not None:
            raise UnreadableInput(f"{self.place}: {self.problem}")
        return self.fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format. ``read`` yields an `Entry` for each article, good or bad, and goes on after a bad one."""

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Source], Iterator[Entry]]
