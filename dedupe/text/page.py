"""Titles and texts, turned into tokens, and which of them are compared: not the furniture around an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.text.block import lay_out
from dedupe.text.characters import characters
from dedupe.text.dateline import credits_of, dateline_length
from dedupe.text.furniture import keep
from dedupe.text.lines import Lines
from dedupe.text.scanning import Scanned, scan
from dedupe.text.shapes import shapes
from dedupe.text.tokens import Tokens, tokenise


class Page(NamedTuple):
    """A title, as given or as guessed, and which tokens of the text are ``kept``: those that are compared.

    ``lines`` are those of the article; they count the tokens of the text. ``dateline`` and ``credits`` are what
    the first began and the last ended with: they say where a text comes from. The tokens lie with those of the
    ``block`` that the page was read in, where ``row`` says.
    """

    title: str
    kept: NDArray[np.bool_]
    lines: Lines
    dateline: str
    credits: str
    block: Scanned
    row: Sequence[int]

    @property
    def head(self) -> Tokens:
        """Return the tokens of the title."""
        return self.block.tokens(self.row[0], self.row[1])

    @property
    def body(self) -> Tokens:
        """Return the tokens of the text."""
        return self.block.tokens(self.row[2], self.row[3])

    def word(self, text: str, token: int, place: int) -> str:
        """Return a token compared as it is written, the ``token``-th of all and at that ``place`` of title or text."""
        head, head_end, body, *_ = self.row
        return self.written(text, (head if token < head_end - head else body) + place)

    @property
    def span(self) -> tuple[int, int]:
        """Return from where to where the tokens of the page lie in the block; those of a guessed title come last."""
        head, head_end, body, body_end, *_ = self.row
        return min(head, body), max(head_end, body_end)

    def written(self, text: str, at: int) -> str:
        """Return a token as it is written in the title or the ``text``; ``at`` is its place in the block."""
        start, end = self.block.places[:2, at].tolist()
        return (self.title if self.row[0] <= at < self.row[1] else text)[start:end]

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
    return pages_of(read_block([title], [text]), [title], [text])[0]


def read_block(titles: Sequence[str], texts: Sequence[str]) -> Scanned:
    """Read many titles and texts in one call."""
    alternating = [part for pair in zip(titles, texts, strict=True) for part in pair]
    return scan(lay_out(alternating), characters(), shapes())


def pages_of(scanned: Scanned, titles: Sequence[str], texts: Sequence[str]) -> list[Page]:
    """Return the page of each title and text of a block, and leave out of what is compared datelines and credits.

    What a page holds are stretches of the arrays of the block.
    """
    return [
        _page(scanned, row, title, text) for row, title, text in zip(scanned.rows.tolist(), titles, texts, strict=True)
    ]


def _page(scanned: Scanned, row: Sequence[int], title: str, text: str) -> Page:
    _, _, body, body_end, line, line_end, first, last, opening, opened, closing, closed, title_start, title_end = row
    kept = scanned.kept[body:body_end]
    dateline = ending = ""
    if opening < opened or closing < closed:
        lines = scanned.lines(line, line_end)
        dateline, ending = _leave_out(kept, lines, (first, last), text[opening:opened], text[closing:closed])
    return Page(
        title or text[title_start:title_end].strip(),
        kept,
        scanned.lines(line + first, line + last),
        dateline,
        ending,
        scanned,
        row,
    )


def _leave_out(
    kept: NDArray[np.bool_], lines: Lines, article: tuple[int, int], opening: str, closing: str
) -> tuple[str, str]:
    """Leave the dateline of one line and the credits of another out of what is compared; return both."""
    dateline, ending = opening[: dateline_length(opening)], credits_of(closing)
    if dateline or ending:
        begin = int(lines.firsts[article[0]]) + _count(dateline)
        keep(kept, lines, article, begin, int(lines.lasts[article[1] - 1]) - _count(ending))
    return dateline.rstrip(" .-—–―").strip(), ending


def _count(written: str) -> int:
    return len(tokenise(written).hashes) if written else 0
