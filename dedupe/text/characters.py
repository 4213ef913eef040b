"""Every Unicode code point, turned into what it does in a word: one 32-bit entry each.

The table is shipped, not computed at start: a stored signature must mean the same next year, while
``unicodedata`` changes with every Python. It was made once from Unicode 14.0, the version of the
oldest Python we run on; characters assigned later separate words, except in the two planes that
are set aside for ideographs. ``scripts/character_table.py`` made it, a test pins its digest, and a
store records `UNICODE_VERSION`: a new table means new signatures.

An entry holds, from the lowest bit: 21 bits with the folded character or the place of a folded
sequence, then `SEQUENCE`, `COMBINING`, the kind in 4 bits, `UPPER` and `LATIN`.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

UNICODE_VERSION: Final = "14.0.0"

SEPARATOR: Final = 0
LETTER: Final = 1
DIGIT: Final = 2
SOLO: Final = 3
"""A character of a script without spaces: a token of its own, with the marks after it."""
MARK: Final = 4
"""Continues a token, never begins one."""
INVISIBLE: Final = 5
"""Soft hyphens, zero-width and formatting characters: as if they were not there."""
BREAK: Final = 6
"""Ends a line."""
JOINED: Final = 7
"""A point or apostrophe that was found to stand inside a token; no character is stored as one."""
APOSTROPHE: Final = 8
POINT: Final = 9
"""Full stop and comma: they join digits, full stops also the letters of ``U.S.``."""
RETURN: Final = 10
"""Ends a line unless a newline follows. From `APOSTROPHE` on, neighbours decide what a character does."""
WITH_VALUE: Final = (LETTER, DIGIT, SOLO, MARK, POINT, BREAK)

VALUE_MASK: Final = (1 << 21) - 1
SEQUENCE: Final = 1 << 21
COMBINING: Final = 1 << 22
"""A mark whose order among its neighbours carries no meaning (canonical combining class above 0)."""
KIND_SHIFT: Final = 23
KIND_MASK: Final = 15
UPPER: Final = 1 << 27
LATIN: Final = 1 << 28
PAGE_BITS: Final = 7


class Characters(NamedTuple):
    """The table: ``entries[pages[code >> 7] << 7 | code & 127]``; the first page is ASCII.

    A folded sequence is its length and then its characters, in ``sequences``.
    """

    pages: npt.NDArray[np.uint16]
    entries: npt.NDArray[np.uint32]
    sequences: npt.NDArray[np.uint32]


@functools.cache
def characters() -> Characters:
    """Return the table, read on the first call and shared from then on."""
    with np.load(Path(__file__).with_name("characters.npz"), allow_pickle=False) as stored:
        # Stored as differences between neighbours, which wrap around.
        return Characters(*(np.cumsum(stored[name], dtype=stored[name].dtype) for name in Characters._fields))
