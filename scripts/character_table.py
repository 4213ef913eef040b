#!/usr/bin/env python
"""Write dedupe/text/characters.npz from the running Python's ``unicodedata``, which must be Unicode 14.0.

The table is shipped, not computed, because a stored signature depends on it: see `dedupe.text.characters`.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np

from dedupe.text import characters as ch

TARGET = Path(ch.__file__).with_name("characters.npz")
KINDS = {"L": ch.LETTER, "N": ch.DIGIT, "M": ch.MARK}
GLYPH_ONLY = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0, 0x640}
GLYPH_ONLY |= set(range(0xFE00, 0xFE10)) | set(range(0xE0100, 0xE01F0))
"""Fillers, variation selectors and the Arabic stretching line: they change a glyph, never a word."""
SPECIAL = (
    dict.fromkeys("\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", ch.BREAK)
    | dict.fromkeys("'`\u00b4\u2018\u2019\u201b\u02bb\u02bc\u05f3", ch.APOSTROPHE)
    | dict.fromkeys(".,", ch.POINT)
    | dict.fromkeys(map(chr, GLYPH_ONLY), ch.INVISIBLE)
    | {"\r": ch.RETURN}
)
UNSPACED = (
    "CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "BOPOMOFO",
    "THAI ", "LAO ", "KHMER ", "MYANMAR ", "NEW TAI LUE", "TAI LE", "TAI THAM", "TAI VIET", "YI SYLLABLE",
)  # fmt: skip
SUBSCRIPT_IOTA = "\u0345"


def fold(character: str) -> str:
    """Return the compatibility decomposition without case, spaces and invisible characters."""
    before, after = "", unicodedata.normalize("NFKD", character)
    while before != after:
        before = after
        # The Greek iota below is a mark; folded, it would become a letter and no longer sort among marks.
        folded = "".join(c if c == SUBSCRIPT_IOTA else c.casefold() for c in before)
        after = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in after if unicodedata.category(c)[0] != "Z" and kind(c) != ch.INVISIBLE)


def kind(character: str) -> int:
    """Return what one character does in a text."""
    single = unicodedata.normalize("NFKD", character)
    single = single if len(single) == 1 else character
    special = SPECIAL.get(character, SPECIAL.get(single))
    if special is not None:
        return special
    category = unicodedata.category(single)
    if category == "Cf":
        return ch.INVISIBLE
    # Planes 2 and 3 are set aside for ideographs, those of later Unicode versions included.
    is_ideograph = 0x20000 <= ord(character) < 0x40000
    is_unspaced = category[0] in "LN" and category != "Nd" and unicodedata.name(single, "").startswith(UNSPACED)
    return ch.SOLO if is_ideograph or is_unspaced else KINDS.get(category[0], ch.SEPARATOR)


def flags(character: str) -> int:
    """Return the flags of a word character."""
    first = unicodedata.normalize("NFKD", character)[0]
    upper = unicodedata.category(character) in ("Lu", "Lt") or unicodedata.category(first) in ("Lu", "Lt")
    latin = unicodedata.name(first, "").startswith("LATIN ")
    return ch.UPPER * upper | ch.LATIN * latin


def element(character: str) -> int:
    """Return one folded character as the kernel reads it."""
    return ord(character) | ch.COMBINING * (unicodedata.combining(character) != 0)


def build() -> dict[str, np.ndarray]:
    """Return the table: pages of 128 entries, each stored once, and the sequences they point to."""
    entries = np.zeros(0x110000, np.uint32)
    sequences: list[int] = []
    for code in range(0x110000):
        character = chr(code)
        what = kind(character)
        entry = what << ch.KIND_SHIFT
        if what in ch.WITH_VALUE:
            folded = [element(c) for c in fold(character)] if what != ch.BREAK else [code]
            single = len(folded) == 1
            entry |= flags(character) | (folded[0] if single else ch.SEQUENCE | len(sequences))
            sequences.extend([] if single else [len(folded), *folded])
        entries[code] = entry
    blocks, pages = np.unique(entries.reshape(-1, 1 << ch.PAGE_BITS), axis=0, return_inverse=True)
    # The first page is ASCII: the kernel may then index the blocks with a byte.
    order = np.argsort(np.unique(pages, return_index=True)[1])
    rank = np.argsort(order)
    return {
        "pages": rank[pages].astype(np.uint16),
        "entries": blocks[order].ravel().astype(np.uint32),
        "sequences": np.array(sequences, np.uint32),
    }


def differences(table: np.ndarray) -> np.ndarray:
    """Return each value less the one before it: neighbours in Unicode are alike, so this packs to a third."""
    return np.diff(table, prepend=table.dtype.type(0))


if __name__ == "__main__":
    if unicodedata.unidata_version != ch.UNICODE_VERSION:
        sys.exit(f"needs a Python with Unicode {ch.UNICODE_VERSION}, this one has {unicodedata.unidata_version}")
    np.savez_compressed(TARGET, **{name: differences(table) for name, table in build().items()})
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
