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
from dedupe.text.furniture import MOST_TITLE, Mask, guess_title, keep
from dedupe.text.lines import Lines, line_room, split_lines
from dedupe.text.shapes import Shapes
from dedupe.text.spelling import Entries, Spelling, first_places, room_for, spell
from dedupe.text.tokens import Tokens, collect, part, token_room

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
    tokens, lines = _room(block)
    rows = np.zeros((len(block.sizes) // 2, FIELDS), np.int64)
    kept = np.zeros(len(tokens.hashes), np.bool_)
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
            _put(found, lines, line)
        if not is_untitled:
            row[12] = row[13] = 0
        line += len(found.hashes)
        row[5] = line
    return _packed(tokens, count, kept, (lines, line), rows)


@kernel
def _room(block: Block) -> tuple[Tokens, Lines]:
    """Return room for all that a block can hold."""
    titles = texts = 0
    for article in range(len(block.sizes) // 2):
        titles += max(block.sizes[2 * article, 1], MOST_TITLE)
        texts += block.sizes[2 * article + 1, 1]
    return token_room(titles + texts), line_room(texts)


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
    end = count + len(words.hashes)
    tokens.hashes[count:end] = words.hashes
    tokens.flags[count:end] = words.flags
    tokens.starts[count:end] = words.starts - np.uint32(start)
    tokens.ends[count:end] = words.ends - np.uint32(start)
    tokens.lines[count:end] = 0
    return end


@kernel
def _put(lines: Lines, room: Lines, count: int) -> None:
    end = count + len(lines.hashes)
    room.hashes[count:end] = lines.hashes
    room.firsts[count:end] = lines.firsts
    room.lasts[count:end] = lines.lasts
    room.weights[count:end] = lines.weights
    room.numbers[count:end] = lines.numbers


@kernel
def _packed(tokens: Tokens, count: int, kept: Mask, lines: tuple[Lines, int], rows: Fields) -> Scanned:
    """Return copies of what is there: what is kept must not hold the room for all that there could have been."""
    places = np.empty((3, count), np.uint32)
    places[0], places[1], places[2] = tokens.starts[:count], tokens.ends[:count], tokens.lines[:count]
    found, end = lines
    spots = np.empty((4, end), np.uint32)
    spots[0], spots[1] = found.firsts[:end], found.lasts[:end]
    spots[2], spots[3] = found.weights[:end], found.numbers[:end]
    hashes, flags = tokens.hashes[:count].copy(), tokens.flags[:count].copy()
    return Scanned(hashes, flags, places, kept[:count].copy(), found.hashes[:end].copy(), spots, rows)
