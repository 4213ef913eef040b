"""Characters, turned into what they say about the shape of a line: where it begins, ends and breaks off.

By this Python's own tables, as its string methods would say. What rests on it tells an article from the
furniture around it, and is recorded with a decision; no signature is read from it directly.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
import numpy.typing as npt

SPACE: Final = 1
LOWER: Final = 2
END: Final = 4
"""Ends a sentence."""
CLOSER: Final = 8
"""May stand behind the end of a sentence."""
DASH: Final = 16
OPENING: Final = 32
"""Opens brackets around a dateline."""
CLOSING: Final = 64
"""Closes brackets around credits."""

HYPHEN: Final = ord("-")
LAST: Final = 0x20000
"""From here on no character has a shape."""

_CHARACTERS: Final = {
    END: ".!?…。．！？｡؟۔।॥។։",
    CLOSER: " \t\u00a0\"'”’»›)]}」』）】〉》*\r\n",
    DASH: "—–―",
    OPENING: "【（〔［",
    CLOSING: ")）]",
}

Shapes = npt.NDArray[np.uint8]


@functools.cache
def shapes() -> Shapes:
    """Return the shape of each character below `LAST`, and of that."""
    table = np.zeros(LAST + 1, np.uint8)
    every = list(map(chr, range(LAST)))
    spaces, small = "".join(filter(str.isspace, every)), "".join(filter(str.islower, every))
    for shape, characters in (_CHARACTERS | {SPACE: spaces, LOWER: small}).items():
        table[list(map(ord, characters))] |= shape
    return table
