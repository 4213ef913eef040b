"""A block of titles and texts, turned into tokens, lines and what of them is the article, all in one call."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.block import Block
from dedupe.text.body import Short, find_body
from dedupe.text.characters import Characters
from dedupe.text.edges import Edges, find_edges, find_short, may_be_dated, may_be_signed, skip_space
from dedupe.text.furniture import MOST_TITLE, guess_title, keep
from dedupe.text.lines import Lines, cut_lines, line_room, split_lines
from dedupe.text.shapes import Shapes
from dedupe.text.tokens import Entries, Spelling, Tokens, collect, cut, part, room_for, spell, token_room

FIELDS: Final = 14
Fields = npt.NDArray[np.int64]


class Scanned(NamedTuple):
    """All tokens of the titles of a block, given or guessed, all of its texts, and all lines of those.

    ``rows`` tell for each article where in these arrays its own begin and end: those of the title, of the text,
    and the lines; then, among its lines, the first of the article and the one after its last; and where in the
    text is written what may begin with a dateline, what may end with credits, and the title that was guessed,
    each from one character to before another, both 0 for nothing.
    """

    heads: Tokens
    bodies: Tokens
    lines: Lines
    kept: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.int64]


@kernel
def scan(block: Block, table: Characters, shapes: Shapes) -> Scanned:
    """Read a block in which every title is followed by its text."""
    room, spelling, reached = _room(block), room_for(block), np.zeros(3, np.int64)
    head = body = line = 0
    for article in range(len(room.rows)):
        size = spell(block, 2 * article, reached, table, spelling)
        titled = collect(spelling.entries[: size + 1], table.sequences, room.heads, head)
        is_untitled = size == 0
        size = spell(block, 2 * article + 1, reached, table, spelling)
        ended = collect(spelling.entries[: size + 1], table.sequences, room.bodies, body)
        tokens = part(room.bodies, body, ended)
        lines = split_lines(tokens)
        row = room.rows[article]
        row[0], row[2], row[4] = head, body, line
        if len(lines.hashes):
            text = Spelling(spelling.codes[:size], spelling.entries[: size + 1], spelling.joiners)
            edges = find_edges(lines, tokens, text.entries)
            short = find_short(lines.weights, edges, text.codes, shapes)
            _outline(text.codes, edges, short, lines.weights, shapes, row)
            keep(room.kept[body:ended], lines, (row[6], row[7]), int(lines.firsts[row[6]]), int(lines.lasts[row[7] - 1]))
            title = guess_title(lines, short, row[6]) if is_untitled else -1
            if title >= 0:
                row[13] = edges.ends[title]
                row[12] = edges.begins[title] + skip_space(text.codes[edges.begins[title] : row[13]], shapes)
                words = part(tokens, lines.firsts[title], lines.lasts[title])
                titled = _copy(words, room.heads, head, row[12])
            _put(lines, room.lines, line)
        head, body, line = titled, ended, line + len(lines.hashes)
        row[1], row[3], row[5] = head, body, line
    heads, bodies = cut(room.heads, head), cut(room.bodies, body)
    return Scanned(heads, bodies, cut_lines(room.lines, line), room.kept[:body].copy(), room.rows)


@kernel
def _room(block: Block) -> Scanned:
    """Return room for all that a block can hold."""
    titles = texts = 0
    articles = len(block.sizes) // 2
    for article in range(articles):
        titles += max(block.sizes[2 * article], MOST_TITLE)
        texts += block.sizes[2 * article + 1]
    rows = np.zeros((articles, FIELDS), np.int64)
    heads = token_room(titles)
    return Scanned(heads, token_room(texts), line_room(texts), np.empty(texts, np.bool_), rows)


@kernel
def _outline(
    codes: Entries, edges: Edges, short: Short, weights: npt.NDArray[np.uint32], shapes: Shapes, row: Fields
) -> None:
    """Note what of a text is the article, and where a dateline and credits may be."""
    begins, ends = edges
    first, last = find_body(weights, short)
    row[6], row[7] = first, last
    if may_be_dated(codes[begins[first] : ends[first]], shapes):
        row[8], row[9] = begins[first], ends[first]
    if may_be_signed(codes[begins[last - 1] : ends[last - 1]], shapes):
        row[10], row[11] = begins[last - 1], ends[last - 1]


@kernel
def _copy(words: Tokens, heads: Tokens, count: int, start: int) -> int:
    """Write the tokens of a line behind the ``count`` of titles that are there, as if a text began at ``start``."""
    end = count + len(words.hashes)
    heads.hashes[count:end] = words.hashes
    heads.flags[count:end] = words.flags
    heads.starts[count:end] = words.starts - np.uint32(start)
    heads.ends[count:end] = words.ends - np.uint32(start)
    heads.lines[count:end] = 0
    return end


@kernel
def _put(lines: Lines, room: Lines, count: int) -> None:
    end = count + len(lines.hashes)
    room.hashes[count:end] = lines.hashes
    room.firsts[count:end] = lines.firsts
    room.lasts[count:end] = lines.lasts
    room.weights[count:end] = lines.weights
    room.numbers[count:end] = lines.numbers
