"""Make priors from lists of word frequencies, for languages of which we have no news to count.

    python benchmarks/word_priors.py data/prior             # every language there is a list of
    python benchmarks/word_priors.py data/prior de zh

A word of frequency f is in an article of L words with a probability of 1 - exp(-f L), if it comes by chance. The
lists are those of wordfreq (the extra `bench`). As in `prior.py`, hashes and shares are written, and no words.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise, product
from math import expm1
from pathlib import Path
from typing import Final

from opencc import OpenCC
from prior import write
from wordfreq import available_languages, get_frequency_dict
from wordfreq.numbers import digit_freq, smash_numbers

from dedupe.clusters.terms import count_terms
from dedupe.language_code import language_code
from dedupe.stems import stems_in, words_among
from dedupe.text.tokens import Tokens, tokenise

WORDS: Final = 350
"""The words of an article that count: with so many, the median share of English words is that of `prior.py`."""
RAREST: Final = 3e-6
"""Words that stand in fewer than one of a thousand articles weigh as much as unknown ones."""
CARRIERS: Final = {"sh": ("bs", "hr", "sr"), "nb": ("no",), "fil": ("tl",)}
"""Lists that are named otherwise than the languages that we tell apart."""
LEFT_OUT: Final = {"en", "ko"}
"""English news was counted; the list of Korean has words without their endings, which we do not take off."""
PAIRED: Final = ("ja", "zh")
"""Written without spaces: terms are pairs of neighbouring characters, within words and across them."""
COMMON: Final = 1_000
"""Pairs across words are reckoned from so many characters that words end and begin with."""
FIGURES: Final = range(2_100)
TRADITIONAL: Final = OpenCC("s2tw")
CYRILLIC: Final = {
    "lj": "љ", "nj": "њ", "dž": "џ", "đ": "ђ", "ž": "ж", "ć": "ћ", "č": "ч", "š": "ш", "a": "а", "b": "б", "v": "в",
    "g": "г", "d": "д", "e": "е", "z": "з", "i": "и", "j": "ј", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о",
    "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "f": "ф", "h": "х", "c": "ц",
}  # fmt: skip
"""Serbian is written in both scripts, letter for letter; pairs of letters come first."""


def main() -> None:
    """Write one file a language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lists", nargs="*", default=sorted(set(available_languages()) - LEFT_OUT))
    asked = parser.parse_args()
    for listed in asked.lists:
        words = dict(listed_words(listed))
        for language in CARRIERS.get(listed, (listed,)):
            frequencies = term_frequencies(words, language)
            kept = {term: frequency for term, frequency in frequencies.items() if frequency >= RAREST}
            write(asked.folder / f"{language}.npz", {term: -expm1(-WORDS * kept[term]) for term in kept})


def listed_words(listed: str) -> Iterator[tuple[str, float]]:
    """Yield the words of a list with their frequencies, and figures, which the list holds by their length alone."""
    words = get_frequency_dict(listed)
    yield from ((word, frequency) for word, frequency in words.items() if not any(map(str.isdigit, word)))
    for figure in map(str, FIGURES):
        yield figure, words.get(smash_numbers(figure), 0.0) * digit_freq(figure)


def in_cyrillic(word: str) -> str:
    """Return a Serbian word in Cyrillic letters.

    >>> in_cyrillic("ljudi")
    'људи'
    """
    for latin, cyrillic in CYRILLIC.items():
        word = word.replace(latin, cyrillic)
    return word


def capitalised(word: str) -> str:
    """Return a Turkish word as folding leaves it where it begins with a capital: İ keeps its dot, I gets one.

    >>> capitalised("ırak")
    'irak'
    """
    return {"i": "i\N{COMBINING DOT ABOVE}", "ı": "i"}.get(word[0], word[0]) + word[1:]


def in_traditional(word: str) -> str:
    """Return a Chinese word in the traditional characters that newspapers of Taiwan use.

    >>> in_traditional("台湾")
    '台灣'
    """
    return TRADITIONAL.convert(word).replace("臺", "台")


RESPELLED: Final[Mapping[str, Callable[[str], str]]] = {
    "sr": in_cyrillic,
    "tr": capitalised,
    "zh": in_traditional,
}
"""How words are written otherwise in a language that is written in two ways."""


def term_frequencies(words: Mapping[str, float], language: str) -> Mapping[int, float]:
    """Return how often each term comes in so many words, by its hash, spelled in the way in which it comes most."""
    found = _term_frequencies(words, language)
    if language in RESPELLED:
        respelled = {RESPELLED[language](word): frequency for word, frequency in words.items()}
        for term, frequency in _term_frequencies(respelled, language).items():
            found[term] = max(found[term], frequency)
    return found


def _term_frequencies(words: Mapping[str, float], language: str) -> dict[int, float]:
    found: dict[int, float] = defaultdict(float)
    code, stems = language_code(language), stems_in(language)
    for piece, frequency in pieces(words) if language in PAIRED else words.items():
        if frequency < RAREST / 10:
            continue
        tokens = tokenise(piece)
        hashes, word = tokens.hashes, partial(_cut_out, piece, tokens)
        if stems:
            hashes = stems.of(hashes, words_among(tokens.flags), word)
        for term in count_terms(hashes, tokens.flags, 0, 0, code).hashes.tolist():
            found[term] += frequency
    return found


def _cut_out(piece: str, tokens: Tokens, at: int) -> str:
    return piece[tokens.starts[at] : tokens.ends[at]]


def pieces(words: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield pairs of neighbouring characters with their frequencies."""
    first, last, within = Counter[str](), Counter[str](), Counter[str]()
    for word, frequency in words.items():
        first[word[0]] += frequency
        last[word[-1]] += frequency
        for pair in pairwise(word):
            within["".join(pair)] += frequency
    for (left, ends), (right, begins) in product(last.most_common(COMMON), first.most_common(COMMON)):
        within[left + right] += ends * begins
    yield from within.items()


if __name__ == "__main__":
    main()
