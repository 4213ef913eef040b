"""Title and text, turned into the tokens that are compared: without the furniture around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.text.furniture import guess_title, strip
from dedupe.text.lines import Lines
from dedupe.text.tokens import tokenise

LEAD_TOKENS: Final = 25
"""How much of the beginning stands in for a title that is missing."""


class Compared(NamedTuple):
    """The tokens of the title, then those of the body.

    ``title`` is as given or as guessed from the page; ``starts`` and ``ends`` are offsets into it
    for the first ``title_count`` tokens, into the text for the others. ``heading_count`` tokens
    stand for the title: those of the title, else the lead. ``lines`` are those of the body.
    """

    title: str
    title_count: int
    heading_count: int
    hashes: NDArray[np.uint64]
    flags: NDArray[np.uint8]
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    lines: Lines


def compare_as(title: str, text: str, dropped: Sequence[int]) -> Compared:
    """Return what is compared of a title and a text, without the body's lines of the numbers ``dropped``."""
    body = tokenise(text)
    stripped = strip(text, body)
    title = title or guess_title(text, stripped)
    head = tokenise(title)
    kept = stripped.kept
    lines = stripped.lines.part(stripped.first, stripped.last)
    for line in dropped:
        kept[lines.firsts[line] : lines.lasts[line]] = False
    title_count = len(head.hashes)
    return Compared(
        title=title,
        title_count=title_count,
        heading_count=title_count or min(LEAD_TOKENS, int(kept.sum())),
        hashes=np.concatenate((head.hashes, body.hashes[kept])),
        flags=np.concatenate((head.flags, body.flags[kept])),
        starts=np.concatenate((head.starts, body.starts[kept])),
        ends=np.concatenate((head.ends, body.ends[kept])),
        lines=lines,
    )
