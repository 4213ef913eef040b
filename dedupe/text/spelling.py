"""The texts of a block, turned one after the other into what their characters do: joiners join, or separate."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.block import ASCII, PLANE, WIDE, Block
from dedupe.text.characters import PAGE_BITS, SEPARATOR, Characters
from dedupe.text.joiners import needs_neighbours, resolve

_PAGE_MASK: Final = (1 << PAGE_BITS) - 1

Entries: TypeAlias = npt.NDArray[np.uint32]


class Spelling(NamedTuple):
    """The text that is being read: its characters, their entries with a separator behind, where joiners stood."""

    codes: Entries
    entries: Entries
    joiners: Entries


@kernel
def room_for(block: Block) -> Spelling:
    """Return room for the longest text of a block."""
    most = 1
    for text in range(len(block.sizes)):
        most = max(most, block.sizes[text, 1] + 1)
    return Spelling(np.empty(most, np.uint32), np.empty(most, np.uint32), np.empty(most, np.uint32))


@kernel
def first_places(block: Block) -> npt.NDArray[np.int64]:
    """Return where in a block the first text of each width begins."""
    places = np.zeros(WIDE + 1, np.int64)
    for text in range(len(block.sizes)):
        width, size = block.sizes[text]
        places[ASCII] += size * width if width > ASCII else 0
        places[PLANE] += size * width if width > PLANE else 0
    return places


@kernel
def spell(block: Block, text: int, reached: npt.NDArray[np.int64], table: Characters, spelling: Spelling) -> int:
    """Look up the characters of the next text of a block; return how many they are.

    ``reached`` holds for each width where its next text begins; at first these are the `first_places`.
    """
    width, size = block.sizes[text]
    codes = block.codes[reached[width] : reached[width] + size * width]
    reached[width] += size * width
    if width == ASCII:
        count = _look_up_ascii(codes, table.entries, spelling)
    else:
        count = _look_up(codes, int(width), table, spelling)
    spelling.entries[size] = SEPARATOR
    resolve(spelling.entries[: size + 1], spelling.joiners[:count])
    return int(size)


@kernel
def _look_up_ascii(codes: npt.NDArray[np.uint8], rows: Entries, spelling: Spelling) -> int:
    """Fill in each character and its entry; return how many joiners there are."""
    letters, entries, joiners = spelling
    count = 0
    for at in range(len(codes)):
        entry = rows[codes[at]]
        letters[at] = codes[at]
        entries[at] = entry
        joiners[count] = at
        count += needs_neighbours(entry)
    return count


@kernel
def _look_up(codes: npt.NDArray[np.uint8], width: int, table: Characters, spelling: Spelling) -> int:
    """Do the same for any script, where a character has several bytes, the lowest first."""
    pages, rows, _ = table
    letters, entries, joiners = spelling
    count = 0
    for at in range(len(codes) // width):
        first = at * width
        code = int(codes[first]) | int(codes[first + 1]) << 8
        if width == WIDE:
            code |= int(codes[first + 2]) << 16
        entry = rows[int(pages[code >> PAGE_BITS]) << PAGE_BITS | code & _PAGE_MASK]
        letters[at] = code
        entries[at] = entry
        joiners[count] = at
        count += needs_neighbours(entry)
    return count
