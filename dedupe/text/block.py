"""Texts, laid end to end, so that compiled code reads many in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

ASCII: Final = 1
PLANE: Final = 2
"""Code points below 2^16 in two bytes each: nearly all texts that are not ASCII."""
WIDE: Final = 4


class Block(NamedTuple):
    """Texts of one, two and four bytes a character, each kind end to end in the order given.

    ``widths`` are the bytes of a character of each text, and ``sizes`` its characters.
    """

    ascii: npt.NDArray[np.uint8]
    plane: npt.NDArray[np.uint16]
    wide: npt.NDArray[np.uint32]
    widths: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]


def lay_out(texts: Sequence[str]) -> Block:
    """Return a block of texts.

    >>> lay_out(["Zoë", "is", "here", "🎉"]).widths.tolist()
    [2, 1, 1, 4]
    """
    if all(map(str.isascii, texts)):
        narrow, others, widths = texts, {}, bytes((ASCII,)) * len(texts)
    else:
        narrow = [text for text in texts if text.isascii()]
        others = {at: _encoded(text) for at, text in enumerate(texts) if not text.isascii()}
        widths = bytes(others[at][0] if at in others else ASCII for at in range(len(texts)))
    return Block(
        np.frombuffer("".join(narrow).encode("ascii"), np.uint8),
        np.frombuffer(b"".join(codes for width, codes in others.values() if width == PLANE), np.uint16),
        np.frombuffer(b"".join(codes for width, codes in others.values() if width == WIDE), np.uint32),
        np.frombuffer(widths, np.uint8),
        np.array([len(text) for text in texts], np.int64),
    )


def _encoded(text: str) -> tuple[int, bytes]:
    codes = text.encode("utf-16-le", "surrogatepass")
    if len(codes) == PLANE * len(text):
        return PLANE, codes
    return WIDE, text.encode("utf-32-le", "surrogatepass")
