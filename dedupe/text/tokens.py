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

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import inlined, kernel
from dedupe.text.block import Block, lay_out
from dedupe.text.characters import (
    BREAK,
    DIGIT,
    INVISIBLE,
    JOINED,
    KIND_MASK,
    KIND_SHIFT,
    LETTER,
    MARK,
    SOLO,
    UPPER,
    VALUE_MASK,
    Characters,
    characters,
)
from dedupe.text.spelling import Entries, first_places, room_for, spell
from dedupe.text.token_hash import MULTIPLIER, SEED, finish, take

TOKEN_HASH_VERSION: Final = 1

HAS_DIGIT: Final = 1
IS_CAPITALISED: Final = 2
IS_SOLO: Final = 4
STARTS_LINE: Final = 8
FOLLOWS: Final = 16


_CLASS_SHIFT: Final = KIND_SHIFT - 2
_CLASS_MASK: Final = 63
_PLAIN: Final = 1 << (LETTER << 2) | 1 << (DIGIT << 2)
"""The classes, a kind with `COMBINING` and `SEQUENCE`, of nearly all that words are made of."""
_GOES_ON: Final = 1 << LETTER | 1 << DIGIT | 1 << MARK | 1 << INVISIBLE | 1 << JOINED
"""The kinds behind a plain letter that may not end its token."""
_ODD: Final = sum(15 << (kind << 2) for kind in (LETTER, DIGIT, SOLO, MARK, INVISIBLE, JOINED)) & ~_PLAIN
"""The classes that are neither plain nor between tokens."""


class Tokens(NamedTuple):
    """The tokens of one text; offsets count characters of the text as it was given.

    ``flags`` are `HAS_DIGIT`, `IS_CAPITALISED` (as written), `IS_SOLO` (script without spaces),
    `STARTS_LINE` and `FOLLOWS` (nothing is between it and the token before); ``lines`` is the number of
    the line in ``text.splitlines()``.
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
    return _tokenise(lay_out([text]), characters())


@kernel
def _tokenise(block: Block, table: Characters) -> Tokens:
    spelling, reached = room_for(block), first_places(block)
    size = spell(block, 0, reached, table, spelling)
    tokens = token_room(size)
    return cut(tokens, collect(spelling.entries[: size + 1], table.sequences, tokens, 0))


@kernel
def collect(entries: Entries, sequences: Entries, out: Tokens, count: int) -> int:
    """Write the tokens of a text behind the ``count`` that are there; return how many there are then."""
    # Taken apart once: reaching into a tuple counts references, which costs more than a token.
    hashes, flags, starts, ends, lines = out
    line, fresh, at, reached = 0, STARTS_LINE, 0, -1
    while at < len(entries):
        kind = int(entries[at]) >> KIND_SHIFT & KIND_MASK
        if LETTER <= kind <= SOLO:
            starts[count], lines[count] = at, line
            fresh |= FOLLOWS if at == reached else 0
            value, end, at, bits = _token(entries, sequences, at)
            hashes[count], flags[count], ends[count] = value, fresh | bits, end
            count, fresh, reached = count + 1, 0, at
            continue
        if kind == BREAK:
            line, fresh = line + 1, STARTS_LINE
        at += 1
    return count


@kernel
def collect_hashes(entries: Entries, sequences: Entries, hashes: npt.NDArray[np.uint64]) -> int:
    """Write the hashes of the tokens of a text, and nothing else of what `collect` does; return how many there are.

    In most texts this goes from character to character without a branch that could be foretold wrongly, in half the
    time: what is between tokens is hashed as well, and forgotten, and what is not the end of one is written over.
    """
    count = inside = alone = 0
    value = SEED  # as long as nothing is inside
    for at in range(len(entries)):
        entry = int(entries[at])
        group = entry >> _CLASS_SHIFT & _CLASS_MASK
        hashes[count] = value
        if _ODD >> group & 1 or alone:
            count += inside & _ends(group >> 2, alone)
            value, inside, alone = _odd(value, inside, alone, entry, sequences)
            continue
        is_plain = _PLAIN >> group & 1
        count += inside & ~is_plain
        longer = (value ^ np.uint64(entry & VALUE_MASK)) * MULTIPLIER
        value, inside = longer if is_plain else SEED, is_plain
    for i in range(count):
        hashes[i] = finish(hashes[i])
    return count


@inlined
def _ends(kind: int, alone: int) -> int:
    """Return 1 where a token in front of a character of a kind ends."""
    if LETTER <= kind <= DIGIT:
        return alone
    return int(kind not in (MARK, INVISIBLE, JOINED))


@kernel
def _odd(value: np.uint64, inside: int, alone: int, entry: int, sequences: Entries) -> tuple[np.uint64, int, int]:
    """Return the value of a token with one more character, whether there is one, and whether that is of no word."""
    kind = entry >> KIND_SHIFT & KIND_MASK
    if kind in (INVISIBLE, JOINED):
        return value, inside, alone
    if inside and not _ends(kind, alone):
        return take(value, entry, sequences), inside, alone
    if LETTER <= kind <= SOLO:
        return take(SEED, entry, sequences), 1, int(kind == SOLO)
    return SEED, 0, 0


@inlined
def _token(entries: Entries, sequences: Entries, at: int) -> tuple[np.uint64, int, int, int]:
    """Return the hash of the token that begins at a character, its end, where to go on, and its flags."""
    start, entry = at, int(entries[at])
    bits = IS_CAPITALISED if entry & UPPER else 0
    value, seen = SEED, 0
    while _PLAIN >> (entry >> _CLASS_SHIFT & _CLASS_MASK) & 1:
        value = (value ^ np.uint64(entry & VALUE_MASK)) * MULTIPLIER
        seen |= entry
        at += 1
        entry = int(entries[at])
    end = at
    kind = entry >> KIND_SHIFT & KIND_MASK
    if at == start or _GOES_ON >> kind & 1:
        bits |= IS_SOLO if kind == SOLO else 0
        value, end, at, digits = _rest(entries, sequences, value, at)
        seen |= digits
    return finish(value), end, at, bits | (HAS_DIGIT if seen & DIGIT << KIND_SHIFT else 0)


@kernel
def _rest(entries: Entries, sequences: Entries, value: np.uint64, at: int) -> tuple[np.uint64, int, int, int]:
    """Return the value of a token with what is left of it, its end, where to go on, and the entries of its digits."""
    end, digits = at, 0
    solo = int(entries[at]) >> KIND_SHIFT & KIND_MASK == SOLO
    if solo:
        value, at = take(value, int(entries[at]), sequences), at + 1
        end = at
    while True:
        entry = int(entries[at])
        kind = entry >> KIND_SHIFT & KIND_MASK
        if kind == MARK or (not solo and LETTER <= kind <= DIGIT):
            value = take(value, entry, sequences)
            digits |= entry if kind == DIGIT else 0
            end = at + 1
        elif kind not in (INVISIBLE, JOINED):
            return value, end, at, digits
        at += 1


@kernel
def token_room(most: int) -> Tokens:
    """Return room for so many tokens."""
    return Tokens(
        np.empty(most, np.uint64),
        np.empty(most, np.uint8),
        np.empty(most, np.uint32),
        np.empty(most, np.uint32),
        np.empty(most, np.uint32),
    )


@kernel
def cut(out: Tokens, count: int) -> Tokens:
    """Return a copy of the first ``count`` rows: what is kept must not hold the room for a whole text."""
    return Tokens(
        out.hashes[:count].copy(),
        out.flags[:count].copy(),
        out.starts[:count].copy(),
        out.ends[:count].copy(),
        out.lines[:count].copy(),
    )


@kernel
def part(tokens: Tokens, first: int, last: int) -> Tokens:
    """Return the tokens from ``first`` to before ``last``, without copying them."""
    hashes, flags, starts, ends, lines = tokens
    return Tokens(hashes[first:last], flags[first:last], starts[first:last], ends[first:last], lines[first:last])
