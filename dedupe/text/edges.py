"""Lines as they are written, turned into what their edges say: where each begins and ends, and if it is unfinished."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.body import PARAGRAPH, Short
from dedupe.text.characters import BREAK, KIND_MASK, KIND_SHIFT
from dedupe.text.lines import Lines
from dedupe.text.shapes import CLOSER, CLOSING, DASH, END, HYPHEN, LAST, LOWER, OPENING, SPACE, Shapes
from dedupe.text.spelling import Entries
from dedupe.text.tokens import Tokens

DATELINE_CHARACTERS: Final = 90
"""A dateline is over by then."""
_FULL_STOP: Final = ord(".")


class Edges(NamedTuple):
    """Line ``i`` is the characters from ``begins[i]`` to before ``ends[i]``, but for a carriage return."""

    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


@kernel
def find_edges(lines: Lines, tokens: Tokens, entries: Entries) -> Edges:
    """Return where lines begin and end in a text, the entries of whose characters are given, the last a separator."""
    firsts, lasts, starts, ends = lines.firsts, lines.lasts, tokens.starts, tokens.ends
    edges = Edges(np.empty(len(firsts), np.int64), np.empty(len(firsts), np.int64))
    for line in range(len(firsts)):
        begin, end = int(starts[firsts[line]]), int(ends[lasts[line] - 1])
        while begin > 0 and not _is_break(entries[begin - 1]):
            begin -= 1
        while end < len(entries) - 1 and not _is_break(entries[end]):
            end += 1
        edges.begins[line], edges.ends[line] = begin, end
    return edges


@kernel
def find_short(weights: npt.NDArray[np.uint32], edges: Edges, codes: Entries, shapes: Shapes) -> Short:
    """Return for each line whether it is short and does not end a sentence."""
    begins, ends = edges
    short = np.zeros(len(begins), np.bool_)
    for line in range(len(begins)):
        if weights[line] >= PARAGRAPH:
            continue
        last = ends[line] - 1
        while _shape(codes[last], shapes) & CLOSER:
            last -= 1
        # A line that goes on in small letters was broken off by a margin.
        goes_on = line + 1 < len(begins) and _begins_small(codes[begins[line + 1] : ends[line + 1]], shapes)
        short[line] = not goes_on and not _shape(codes[last], shapes) & END
    return short


@kernel
def may_be_dated(line: Entries, shapes: Shapes) -> bool:
    """Return whether a line may begin with a dateline: there is a bracket or a dash that could end one."""
    if _shape(line[skip_space(line, shapes)], shapes) & OPENING:
        return True
    for at in range(min(len(line), DATELINE_CHARACTERS)):
        if _shape(line[at], shapes) & DASH:
            return True
        if at > 0 and line[at] == HYPHEN:
            before = line[at - 1]
            if before in (HYPHEN, _FULL_STOP) or _shape(before, shapes) & SPACE:
                return True
    return False


@kernel
def may_be_signed(line: Entries, shapes: Shapes) -> bool:
    """Return whether a line may end with credits: it ends with a parenthesis."""
    end = len(line)
    while _shape(line[end - 1], shapes) & SPACE:
        end -= 1
    return bool(_shape(line[end - 1], shapes) & CLOSING)


@kernel
def skip_space(line: Entries, shapes: Shapes) -> int:
    """Return where a line with words begins, leaving out space."""
    at = 0
    while _shape(line[at], shapes) & SPACE:
        at += 1
    return at


@kernel
def _begins_small(line: Entries, shapes: Shapes) -> bool:
    return bool(_shape(line[skip_space(line, shapes)], shapes) & LOWER)


@kernel
def _is_break(entry: int) -> bool:
    return int(entry) >> KIND_SHIFT & KIND_MASK == BREAK


@kernel
def _shape(code: int, shapes: Shapes) -> int:
    return int(shapes[min(int(code), LAST)])
