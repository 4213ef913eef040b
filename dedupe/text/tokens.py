"""A text, turned into the hashes of its tokens by compiled code.

A token is a run of letters and digits, or one character of a script without spaces with the marks
on it. Case, compatibility forms (``ﬁ``, full width) and the order of combining marks do not
matter; invisible characters (soft hyphen, zero width) are as if they were not there. Beyond that:

- an apostrophe after a Latin letter ends the token, and a lone ``s`` behind it is dropped
  (``Biden's`` is ``biden``, ``l'Europe`` is ``l europe``); after other letters it is left out, as
  in Ukrainian, where it is a sign inside a word;
- full stops and commas between digits belong to the number (``1,000.50``);
- full stops between single letters are left out (``U.S.`` is ``us``).

The hash of a token with the folded, decomposed characters c1, c2 … is, modulo 2^64::

    h = 0x2D358DCCAA6C78A5
    h = (h XOR c) * 0x9E3779B97F4A7C15      for each c, but
    h = h + c * 0xD6E8FEB86659FD93          for a combining mark, so that their order is free
    h = fmix64(h)                           the finaliser of MurmurHash3

Stored signatures rest on it: change anything here and `TOKEN_HASH_VERSION` must change too.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.characters import (
    BREAK,
    COMBINING,
    DIGIT,
    INVISIBLE,
    JOINED,
    KIND_MASK,
    KIND_SHIFT,
    LETTER,
    MARK,
    PAGE_BITS,
    SEPARATOR,
    SEQUENCE,
    SOLO,
    UPPER,
    VALUE_MASK,
    Characters,
    characters,
)
from dedupe.text.joiners import needs_neighbours, resolve

TOKEN_HASH_VERSION: Final = 1

HAS_DIGIT: Final = 1
IS_CAPITALISED: Final = 2
IS_SOLO: Final = 4
STARTS_LINE: Final = 8

_PAGE_MASK: Final = (1 << PAGE_BITS) - 1
_SEED: Final = np.uint64(0x2D358DCCAA6C78A5)
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_MARK_MULTIPLIER: Final = np.uint64(0xD6E8FEB86659FD93)

Codes: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
Entries: TypeAlias = npt.NDArray[np.uint32]


class Tokens(NamedTuple):
    """The tokens of one text; offsets count characters of the text as it was given.

    ``flags`` are `HAS_DIGIT`, `IS_CAPITALISED` (as written), `IS_SOLO` (script without spaces) and
    `STARTS_LINE`; ``lines`` is the number of the line in ``text.splitlines()``.
    """

    hashes: npt.NDArray[np.uint64]
    flags: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint32]
    lines: npt.NDArray[np.uint32]


def tokenise(text: str) -> Tokens:
    """Return the tokens of a text, in time linear in its length.

    >>> text = "Biden's “U.S. plan”: 1,000 jobs"
    >>> [text[start:end] for start, end in zip(*tokenise(text)[2:4])]
    ['Biden', 'U.S', 'plan', '1,000', 'jobs']
    """
    if text.isascii():
        return _tokens(np.frombuffer(text.encode("ascii"), np.uint8), characters())
    return _tokens(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), characters())


@kernel
def _tokens(codes: Codes, table: Characters) -> Tokens:
    entries = np.empty(len(codes) + 1, np.uint32)
    resolve(entries, _look_up(codes, table, entries))
    return _collect(entries, table.sequences)


@kernel
def _look_up(codes: Codes, table: Characters, entries: Entries) -> npt.NDArray[np.uint32]:
    """Fill in each character's entry, and a separator after the last; return where the joiners stand."""
    pages, rows = table.pages, table.entries
    joiners = np.empty(len(codes) + 1, np.uint32)
    count = 0
    for at in range(len(codes)):
        code = int(codes[at])
        entry = int(rows[int(pages[code >> PAGE_BITS]) << PAGE_BITS | code & _PAGE_MASK])
        entries[at] = entry
        joiners[count] = at
        count += needs_neighbours(entry)
    entries[len(codes)] = SEPARATOR
    return joiners[:count]


@kernel
def _collect(entries: Entries, sequences: Entries) -> Tokens:
    out = _room(len(entries))
    hashes, flags, starts, ends, lines = out
    count = line = end = state = bits = 0
    value, fresh = _SEED, STARTS_LINE
    for at in range(len(entries)):
        entry = int(entries[at])
        kind = entry >> KIND_SHIFT & KIND_MASK
        if kind in (INVISIBLE, JOINED):
            continue
        if state and not (kind == MARK or (state == LETTER and LETTER <= kind <= DIGIT)):
            hashes[count], flags[count], ends[count] = _finish(value), bits, end
            count += 1
            state = fresh = 0
        if kind == BREAK:
            line, fresh = line + 1, STARTS_LINE
        if not state and LETTER <= kind <= SOLO:
            starts[count], lines[count] = at, line
            state, value = (SOLO if kind == SOLO else LETTER), _SEED
            bits = fresh | (IS_SOLO if kind == SOLO else 0) | (IS_CAPITALISED if entry & UPPER else 0)
        if state:
            value = _absorb(value, entry, sequences) if entry & SEQUENCE else _mix(value, entry)
            bits |= HAS_DIGIT if kind == DIGIT else 0
            end = at + 1
    return _cut(out, count)


@kernel
def _absorb(value: np.uint64, entry: int, sequences: Entries) -> np.uint64:
    start = entry & VALUE_MASK
    for i in range(start + 1, start + 1 + int(sequences[start])):
        value = _mix(value, int(sequences[i]))
    return value


@kernel
def _mix(value: np.uint64, element: int) -> np.uint64:
    folded = np.uint64(element & VALUE_MASK)
    if element & COMBINING:
        return value + folded * _MARK_MULTIPLIER
    return (value ^ folded) * _MULTIPLIER


@kernel
def _finish(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@kernel
def _room(most: int) -> Tokens:
    return Tokens(
        np.empty(most, np.uint64),
        np.empty(most, np.uint8),
        np.empty(most, np.uint32),
        np.empty(most, np.uint32),
        np.empty(most, np.uint32),
    )


@kernel
def _cut(out: Tokens, count: int) -> Tokens:
    """Return a copy of the first ``count`` rows: what is kept must not hold the room for a whole text."""
    return Tokens(
        out.hashes[:count].copy(),
        out.flags[:count].copy(),
        out.starts[:count].copy(),
        out.ends[:count].copy(),
        out.lines[:count].copy(),
    )
