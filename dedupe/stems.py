"""Words without the endings that a sentence asks of them, so that a word in all its forms is one term.

The stemmers are those of Snowball (Porter 2001, <https://snowballstem.org/texts/introduction.html>). A language that
inflects and has none there is cut to its first letters, which serves alphabetic languages nearly as well (McNamee,
Nicholas & Mayfield, Addressing morphological variation in alphabetic languages, SIGIR 2009). A word is given to its
stemmer once; from then on it is known by the hash of its token.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Final
from unicodedata import category

import numpy as np
import Stemmer
from numpy.typing import NDArray

from dedupe.kernel import kernel
from dedupe.text.normalise import normalise
from dedupe.text.page import Page
from dedupe.text.tokens import HAS_DIGIT, IS_SOLO

Hashes = NDArray[np.uint64]

STEMMERS: Final = str(Stemmer.version())
"""The version of the stemmers: what they take off may change with it."""
MOST_WORDS: Final = 1 << 18
"""So many words of a language are known at once, in 8 MB: twice as many as 37,000 articles hold."""
_FEWEST_ROWS: Final = 1 << 10
CUT: Final = 6
"""So many letters are left where no stemmer serves; five and seven do as well."""

_RELATIVES: Final[Mapping[str, str]] = {"bs": "sr", "hr": "sr", "ms": "id"}
"""Languages that the stemmer of another is made for."""
_INFLECTED: Final = frozenset(
    ("az", "be", "bg", "is", "kk", "ky", "lv", "mk", "mn", "sk", "sl", "sq", "tg", "tr", "tt", "uk", "uz")
)
"""Languages that are cut. The stemmer of Turkish takes endings off words that have none."""


class Stems:
    """The stems of the words of one language, by the hashes of their tokens; any thread may ask."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._count, self._known = 0, np.zeros((_FEWEST_ROWS, 2), np.uint64)

    def of(self, tokens: Hashes, are_words: NDArray[np.bool_], word: Callable[[int], str]) -> Hashes:
        """Return the hash of each token's stem, or its own where it is no word; ``word`` gives one as it is written."""
        stems = tokens.copy()
        with self._lock:
            unknown = _look_up(self._known, are_words, stems)
            if self._count + len(unknown) > MOST_WORDS:
                self._forget()
                unknown = _look_up(self._known, are_words, stems := tokens.copy())
            if len(unknown):
                new, firsts = np.unique(tokens[unknown], return_index=True)
                self._learn(new, [word(at) for at in unknown[firsts].tolist()])
                _look_up(self._known, are_words, stems := tokens.copy())
        return stems

    def _learn(self, tokens: Hashes, words: Sequence[str]) -> None:
        self._count += len(tokens)
        rows = 1 << (2 * self._count).bit_length()
        if rows > len(self._known):
            wider = np.zeros((rows, 2), np.uint64)
            _enter(wider, self._known)
            self._known = wider
        hashes = np.array([self.hash_of(word) for word in words], np.uint64)
        _enter(self._known, np.column_stack((tokens, hashes)))

    def hash_of(self, word: str) -> int:
        """Return the hash of a word's stem, whatever its case and the signs in it."""
        letters = normalise(word)
        if not letters.isalpha():
            letters = "".join(filter(_is_letter, letters))
        stem = self._stem(letters) if letters else word
        return int.from_bytes(hashlib.blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@kernel
def _look_up(known: Hashes, are_words: NDArray[np.bool_], tokens: Hashes) -> NDArray[np.int64]:
    """Put what they count as in the place of tokens; return where words stand that are not known.

    ``known`` has a row for each token and what it counts as, where the token's hash says or behind that.
    """
    unknown, count = np.empty(len(tokens), np.int64), 0
    for at in range(len(tokens)):
        if are_words[at]:
            row = _row(known, tokens[at])
            if known[row, 0] == tokens[at]:
                tokens[at] = known[row, 1]
            else:
                unknown[count] = at
                count += 1
    return unknown[:count]


@kernel
def _enter(known: Hashes, pairs: Hashes) -> None:
    """Enter tokens, those of 0 left out, and what each counts as."""
    for at in range(len(pairs)):
        if pairs[at, 0]:
            known[_row(known, pairs[at, 0])] = pairs[at]


@kernel
def _row(known: Hashes, token: np.uint64) -> np.uint64:
    """Return the row of a token, or the empty one where it would be entered."""
    mask = np.uint64(len(known) - 1)
    row = token & mask
    while known[row, 0] != np.uint64(0) and known[row, 0] != token:
        row = (row + np.uint64(1)) & mask
    return row


def stems_of(pages: Sequence[Page], texts: Sequence[str], languages: Sequence[str]) -> Hashes:
    """Return what each token of some pages of a block counts as: the hash of its word's stem, or its own hash."""
    block, spans = pages[0].block, [page.span for page in pages]
    begin, end = spans[0][0], spans[-1][1]
    tokens = block.hashes[begin:end]
    are_words = words_among(block.flags[begin:end])

    def word(at: int) -> str:
        page = bisect_right(spans, (begin + at, end)) - 1
        return pages[page].written(texts[page], begin + at)

    lengths = [last - first for first, last in spans]
    for language in set(languages):
        stems = stems_in(language)
        if stems:
            are_spoken = np.repeat([other == language for other in languages], lengths)
            tokens = stems.of(tokens, are_words & are_spoken, word)
    return tokens


def words_among(flags: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which tokens are words: no numbers, and no characters of scripts without spaces."""
    are_words: NDArray[np.bool_] = flags & (HAS_DIGIT | IS_SOLO) == 0
    return are_words


@cache
def stems_in(language: str) -> Stems | None:
    """Return the stems of a language, None where words count as they are."""
    name = _RELATIVES.get(language, language)
    if name in _INFLECTED:
        return Stems(lambda word: word[:CUT])
    try:
        return Stems(Stemmer.Stemmer(name, 0).stemWord)
    except KeyError:
        return None


def _is_letter(character: str) -> bool:
    return character.isalpha() or category(character).startswith("M")
