"""The words of a title, or of what stands for one, as searches compare them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_ASCII_WORD: Final = re.compile(r"[0-9a-z]+")
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def title_words(title: str) -> list[str]:
    """Return the words of ``title`` without case and accents; each character of an unspaced script is a word.

    >>> title_words("Café raid: 3 held in 東京")
    ['cafe', 'raid', '3', 'held', 'in', '東', '京']
    """
    if title.isascii():
        return _ASCII_WORD.findall(title.lower())
    return "".join(map(_letter, unicodedata.normalize("NFKD", title.casefold()))).split()


def _letter(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category[0] not in "LNM":
        return " "
    if any(first <= ord(character) <= last for first, last in _UNSPACED):
        return f" {character} "
    return character


def matches(wanted: Sequence[str], title: str) -> bool:
    """Tell whether ``title`` has every wanted word, the last one also as the beginning of a word.

    >>> matches(title_words("held raid"), "Raid in Nantes: two held")
    True
    >>> matches(title_words("raid na"), "Raid in Nantes: two held")
    True
    """
    words = set(title_words(title))
    return words.issuperset(wanted[:-1]) and any(word.startswith(wanted[-1]) for word in words)
