"""What stands for the title of an article that has none: the title that its page shows, or how what it says begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from dedupe.text.page import Page

LEAD_CHARACTERS: Final = 120
_OPENING: Final = "\"'“‘„«‹¿¡([{「『《〈【"
"""What a word may have before it and belongs to it, while no token holds it."""


def lead(page: Page, text: str, dropped: Sequence[int] = ()) -> str:
    """Return one line for an article without a title, its furniture and the lines ``dropped`` left out; never none."""
    return shortened(_own_title(page, text, dropped) or _beginning(page, text, dropped) or text)


def shortened(text: str, most: int = LEAD_CHARACTERS) -> str:
    r"""Return a text on one line, cut after a word where it is too long, or after a character where words are not told.

    >>> shortened("Ferry aground\n off Sandholm", 20), shortened("東京で選挙", 4)
    ('Ferry aground off…', '東京で…')
    """
    line = " ".join(text.lstrip()[: 8 * most].split())
    if len(line) <= most:
        return line
    words = line[:most].rpartition(" ")[0]
    cut = words if len(words) > most // 2 else line[: most - 1]
    return cut.rstrip(" .,;:–—-" + _OPENING) + "…"


def _own_title(page: Page, text: str, dropped: Sequence[int]) -> str:
    """Return the title that was guessed from the text, unless it is one that the source has on every page."""
    start, end = page.row[-2:]
    first = int(np.searchsorted(page.body.starts, start))
    is_dropped = any(page.lines.firsts[line] <= first < page.lines.lasts[line] for line in dropped)
    return "" if is_dropped else text[start:end].strip()


def _beginning(page: Page, text: str, dropped: Sequence[int]) -> str:
    """Return what is written from the first token compared to the next that is not."""
    kept = page.without(dropped)
    if not kept.any():
        return ""
    first = int(kept.argmax())
    count = int((~kept[first:]).argmax()) or len(kept) - first
    start = int(page.body.starts[first])
    while start and text[start - 1] in _OPENING:
        start -= 1
    left = page.body.starts[first + count :]
    return text[start : int(left[0])].rstrip(_OPENING) if len(left) else text[start:]
