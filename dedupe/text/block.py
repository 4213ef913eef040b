"""Texts, laid end to end, so that compiled code reads many in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

ASCII: Final = 1
PLANE: Final = 2
"""Bytes a character of nearly all texts that are not ASCII: all code points are below 2^16."""
WIDE: Final = 4


class Block(NamedTuple):
    """The characters of all texts, those of four bytes each first, then those of two, then those in ASCII.

    ``sizes`` tell for each text, in the order given, how many bytes its characters have and how many there are.
    """

    codes: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]


def lay_out(texts: Sequence[str]) -> Block:
    """Return a block of texts.

    >>> lay_out(["Zoë", "is", "here", "🎉"]).sizes.tolist()
    [[2, 3], [1, 2], [1, 4], [4, 1]]
    """
    whole = "".join(texts)
    if whole.isascii():
        sizes = np.array([each for text in texts for each in (ASCII, len(text))], np.int64)
        return Block(np.frombuffer(whole.encode(), np.uint8), sizes.reshape(-1, 2))
    encoded = [_encoded(text) for text in texts]
    widths = [len(codes) // max(len(text), 1) or ASCII for codes, text in zip(encoded, texts, strict=True)]
    by_width = [
        codes for width in (WIDE, PLANE, ASCII) for codes, its in zip(encoded, widths, strict=True) if its == width
    ]
    sizes = np.array([*zip(widths, map(len, texts), strict=True)], np.int64)
    return Block(np.frombuffer(b"".join(by_width), np.uint8), sizes)


def _encoded(text: str) -> bytes:
    if text.isascii():
        return text.encode()
    codes = text.encode("utf-16-le", "surrogatepass")
    return codes if len(codes) == PLANE * len(text) else text.encode("utf-32-le", "surrogatepass")
