"""A block of titles and texts, turned into tokens, lines and what of them is the article, all in one call."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.block import Block
from dedupe.text.body import find_body
from dedupe.text.characters import Characters
from dedupe.text.edges import find_edges, find_short, may_be_dated, may_be_signed, skip_space
from dedupe.text.furniture import MOST_TITLE, guess_title, keep
from dedupe.text.lines import Lines, split_lines
from dedupe.text.shapes import Shapes
from dedupe.text.spelling import Entries, Spelling, first_places, room_for, spell
from dedupe.text.tokens import Tokens, collect, part

FIELDS: Final = 14
Fields = npt.NDArray[np.int64]


class Scanned(NamedTuple):
    """All tokens of a block, those of each title, given or guessed, beside those of its text, and all lines of texts.

    ``places`` has a row each for the starts, the ends and the lines of tokens, ``line_places`` for the firsts, lasts,
    weights and numbers of lines. Few arrays, because handing one over costs as much as reading a sentence.

    ``rows`` tell for each article from where to where go the tokens of its title and of its text, and its lines; then,
    among its lines, the first of the article and the one after its last; and where in the text is written what may
    begin with a dateline, what may end with credits, and the title that was guessed, each from one character to
    before another, both 0 for nothing.
    """

    hashes: npt.NDArray[np.uint64]
    flags: npt.NDArray[np.uint8]
    places: npt.NDArray[np.uint32]
    kept: npt.NDArray[np.bool_]
    line_hashes: npt.NDArray[np.uint64]
    line_places: npt.NDArray[np.uint32]
    rows: Fields

    def tokens(self, first: int, last: int) -> Tokens:
        """Return the tokens from ``first`` to before ``last``."""
        part, places = slice(first, last), self.places
        return Tokens(self.hashes[part], self.flags[part], places[0, part], places[1, part], places[2, part])

    def lines(self, first: int, last: int) -> Lines:
        """Return the lines from ``first`` to before ``last``."""
        part, places = slice(first, last), self.line_places
        return Lines(self.line_hashes[part], places[0, part], places[1, part], places[2, part], places[3, part])


def scan(block: Block, table: Characters, shapes: Shapes) -> Scanned:
    """Read a block in which every title is followed by its text."""
    return _scan(block.codes, block.sizes, table.pages, table.entries, table.sequences, shapes)


@kernel
def _scan(
    codes: npt.NDArray[np.uint8],
    sizes: Fields,
    pages: npt.NDArray[np.uint16],
    known: Entries,
    sequences: Entries,
    shapes: Shapes,
) -> Scanned:
    # Arrays one by one are handed over in half the time that tuples of them take.
    block, table = Block(codes, sizes), Characters(pages, known, sequences)
    out = _room(block)
    rows, kept, places = out.rows, out.kept, out.places
    tokens = Tokens(out.hashes, out.flags, places[0], places[1], places[2])
    spelling, reached = room_for(block), first_places(block)
    count = line = 0
    for article in range(len(rows)):
        row = rows[article]
        row[0], row[4] = count, line
        size = spell(block, 2 * article, reached, table, spelling)
        is_untitled = size == 0
        row[1] = row[2] = collect(spelling.entries[: size + 1], table.sequences, tokens, count)
        size = spell(block, 2 * article + 1, reached, table, spelling)
        row[3] = count = collect(spelling.entries[: size + 1], table.sequences, tokens, row[2])
        body = part(tokens, row[2], count)
        found = split_lines(body)
        if len(found.hashes):
            text = Spelling(spelling.codes[:size], spelling.entries[: size + 1], spelling.joiners)
            title = _outline(text, body, found, shapes, row)
            begin, end = int(found.firsts[row[6]]), int(found.lasts[row[7] - 1])
            keep(kept[row[2] : count], found, (row[6], row[7]), begin, end)
            if is_untitled and title >= 0:
                words = part(body, found.firsts[title], found.lasts[title])
                row[0], row[1] = count, _copy(words, tokens, count, row[12])
                count = row[1]
            _put(found, out.line_hashes, out.line_places, line)
        if not is_untitled:
            row[12] = row[13] = 0
        line += len(found.hashes)
        row[5] = line
    return out


@kernel
def _room(block: Block) -> Scanned:
    """Return room for all that a block can hold; what is not written takes no memory of the machine."""
    titles = texts = 0
    articles = len(block.sizes) // 2
    for article in range(articles):
        titles += max(block.sizes[2 * article, 1], MOST_TITLE)
        texts += block.sizes[2 * article + 1, 1]
    return Scanned(
        np.empty(titles + texts, np.uint64),
        np.empty(titles + texts, np.uint8),
        np.empty((3, titles + texts), np.uint32),
        np.zeros(titles + texts, np.bool_),
        np.empty(texts, np.uint64),
        np.empty((4, texts), np.uint32),
        np.zeros((articles, FIELDS), np.int64),
    )


@kernel
def _outline(text: Spelling, tokens: Tokens, lines: Lines, shapes: Shapes, row: Fields) -> int:
    """Note what of a text is the article, where dateline, credits and title may be; return the line of the title."""
    edges = find_edges(lines, tokens, text.entries)
    short = find_short(lines.weights, edges, text.codes, shapes)
    codes, begins, ends = text.codes, edges.begins, edges.ends
    first, last = find_body(lines.weights, short)
    row[6], row[7] = first, last
    if may_be_dated(codes[begins[first] : ends[first]], shapes):
        row[8], row[9] = begins[first], ends[first]
    if may_be_signed(codes[begins[last - 1] : ends[last - 1]], shapes):
        row[10], row[11] = begins[last - 1], ends[last - 1]
    title = guess_title(lines, short, first)
    if title >= 0:
        row[12] = begins[title] + skip_space(codes[begins[title] : ends[title]], shapes)
        row[13] = ends[title]
    return title


@kernel
def _copy(words: Tokens, tokens: Tokens, count: int, start: int) -> int:
    """Write the tokens of a line behind the ``count`` that are there, as if a text began at ``start``."""
    hashes, flags, starts, ends, _ = words
    to_hashes, to_flags, to_starts, to_ends, to_lines = tokens
    for at in range(len(hashes)):
        to_hashes[count + at], to_flags[count + at], to_lines[count + at] = hashes[at], flags[at], 0
        to_starts[count + at], to_ends[count + at] = starts[at] - start, ends[at] - start
    return count + len(hashes)


@kernel
def _put(lines: Lines, to_hashes: npt.NDArray[np.uint64], places: npt.NDArray[np.uint32], count: int) -> None:
    """Write lines behind the ``count`` that are there."""
    hashes, firsts, lasts, weights, numbers = lines
    for at in range(len(hashes)):
        to_hashes[count + at] = hashes[at]
        places[0, count + at], places[1, count + at] = firsts[at], lasts[at]
        places[2, count + at], places[3, count + at] = weights[at], numbers[at]
