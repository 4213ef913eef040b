"""Title and text, turned into tokens, and which of them are compared: not the furniture around an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.text.furniture import guess_title, strip
from dedupe.text.lines import Lines
from dedupe.text.tokens import Tokens, tokenise


class Page(NamedTuple):
    """The tokens of the title, as given or as guessed, and those of the text, of which ``kept`` are compared.

    ``lines`` are those of the article; they count the tokens of the text.
    """

    title: str
    head: Tokens
    body: Tokens
    kept: NDArray[np.bool_]
    lines: Lines

    def without(self, dropped: Sequence[int]) -> NDArray[np.bool_]:
        """Return what is kept when the lines of the numbers ``dropped`` are left out as well."""
        if not dropped:
            return self.kept
        kept = self.kept.copy()
        for line in dropped:
            kept[self.lines.firsts[line] : self.lines.lasts[line]] = False
        return kept


def read_page(title: str, text: str) -> Page:
    """Return the tokens of a title and a text, and which of them are compared."""
    body = tokenise(text)
    stripped = strip(text, body)
    title = title or guess_title(text, stripped)
    lines = stripped.lines.part(stripped.first, stripped.last)
    return Page(title, tokenise(title), body, stripped.kept, lines)
