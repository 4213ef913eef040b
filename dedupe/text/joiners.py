"""Full stops, commas and apostrophes, turned into what they do where they stand: join, or separate.

Works on the entries of `dedupe.text.characters`, in place, from left to right; a separator must
stand at the end. Marks and invisible characters in between do not count.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.characters import (
    APOSTROPHE,
    BREAK,
    DIGIT,
    INVISIBLE,
    JOINED,
    KIND_MASK,
    KIND_SHIFT,
    LATIN,
    LETTER,
    MARK,
    POINT,
    RETURN,
    SEPARATOR,
    SEQUENCE,
    VALUE_MASK,
)

_FULL_STOP: Final = ord(".")
_NEWLINE: Final = ord("\n")
_S: Final = ord("s")
_JOINS_BEFORE: Final = 1 << LETTER | 1 << DIGIT | 1 << MARK | 1 << INVISIBLE
"""The kinds that may follow a joiner which does anything but separate."""

Entries = npt.NDArray[np.uint32]


@kernel
def needs_neighbours(entry: int) -> bool:
    """Return whether it depends on its neighbours what a character does."""
    return _kind(entry) >= APOSTROPHE


@kernel
def resolve(entries: Entries, joiners: npt.NDArray[np.uint32]) -> None:
    """Replace the entries of all ``joiners``."""
    for joiner in joiners:
        at = int(joiner)
        kind = _kind(entries[at])
        if kind != RETURN and not _JOINS_BEFORE >> _kind(entries[at + 1]) & 1:
            entries[at] = SEPARATOR  # the end of a sentence, as most are
        elif kind == POINT:
            entries[at] = _point(entries, at)
        elif kind == APOSTROPHE:
            entries[at] = _apostrophe(entries, at)
        elif _value(entries[at + 1]) == _NEWLINE and _kind(entries[at + 1]) == BREAK:
            entries[at] = SEPARATOR  # the first half of \r\n
        else:
            entries[at] = BREAK << KIND_SHIFT


@kernel
def _point(entries: Entries, at: int) -> int:
    before, after = _previous(entries, at), _following(entries, at)
    if _kind(entries[before]) == DIGIT and _kind(entries[after]) == DIGIT:
        return MARK << KIND_SHIFT | _value(entries[at])
    if _value(entries[at]) != _FULL_STOP or _kind(entries[before]) != LETTER or _kind(entries[after]) != LETTER:
        return SEPARATOR
    if _is_word(entries[_previous(entries, before)]) or _is_word(entries[_following(entries, after)]):
        return SEPARATOR
    return JOINED << KIND_SHIFT


@kernel
def _apostrophe(entries: Entries, at: int) -> int:
    before, after = _previous(entries, at), _following(entries, at)
    if not _is_word(entries[before]) or _kind(entries[after]) != LETTER:
        return SEPARATOR
    if _kind(entries[before]) == LETTER and not entries[before] & LATIN:
        return JOINED << KIND_SHIFT
    if _value(entries[after]) == _S and not _is_word(entries[_following(entries, after)]):
        entries[after] = SEPARATOR
    return SEPARATOR


@kernel
def _previous(entries: Entries, at: int) -> int:
    """Return the place of the character before; the separator at the end when there is none."""
    at -= 1
    while at >= 0 and MARK <= _kind(entries[at]) <= INVISIBLE:
        at -= 1
    return at if at >= 0 else len(entries) - 1


@kernel
def _following(entries: Entries, at: int) -> int:
    """Return the place of the character after; the separator at the end when there is none."""
    last = len(entries) - 1
    at = min(at + 1, last)
    while MARK <= _kind(entries[at]) <= INVISIBLE:
        at += 1
    return at


@kernel
def _kind(entry: int) -> int:
    return int(entry) >> KIND_SHIFT & KIND_MASK


@kernel
def _value(entry: int) -> int:
    return int(entry) & (VALUE_MASK | SEQUENCE)


@kernel
def _is_word(entry: int) -> bool:
    return _kind(entry) == LETTER or _kind(entry) == DIGIT
