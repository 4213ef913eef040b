"""Made-up news for benchmarks: a stream of reports and their copies, of which it is known who copied whom.

Words are numerals written in syllables: there are as many as wanted, and none is meant. They are drawn as words of
a language are (Zipf's law). Events come and go, each with words of its own. One article in five is a copy of a
recent one: whole, cut behind, or with single words exchanged all over. The same seed gives the same stream,
whatever its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

WORDS: Final = 400
TITLE_WORDS: Final = 8
COPIES: Final = 0.2
VOCABULARY: Final = 50_000
RECENT: Final = 1_000
LIVE_EVENTS: Final = 500
EVENT_WORDS: Final = 15
SENTENCE: Final = 18

_PLAIN, _FIRST, _LAST, _LAST_OF_LINE, _QUOTED = range(5)
_FORMS: Final = 5
_ASCII: Final = "a an ba ber co dal dor e fa fin gan go har i kes la len mar men nor o per ra rin sta so tal u ver wa"
_SCRIPTS: Final = {
    "Latin with accents": "á bé ça dö é fí gü hå ï kø là łe mañ né ó për rū šá té tř ú vê ży",
    "Cyrillic": "а бе ва го де жу за и ка ли ма не по ро са те фу хи цы ше ю я",  # noqa: RUF001  meant to be Cyrillic
    "Greek": "α βε γα δο ε ζη θα ι κα λο μα νε ξι πο ρα σε τα υ φο χι ψε ω",  # noqa: RUF001  meant to be Greek
    "Arabic": "ا با تو جي حا دو را سي شا طا عي فا قو كا لا ما نو ها وي يا",  # noqa: RUF001  meant to be Arabic
    "Devanagari": "अ का खे गो चा जी टा डो ता दे ना पा बो मा या रे ला वि सा हो",
    "Hangul": "가 나 다 라 마 바 사 아 자 차 카 타 파 하 고 노 도 로 모 보",
}


class Report(NamedTuple):
    """One made-up article; ``original`` is the number of the one it copies, its own number where it copies none."""

    number: int
    event: int
    original: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Language:
    """Words in every form that they take in a text, most frequent first, and how frequent: ``chances`` add up to 1."""

    forms: NDArray[np.object_]
    chances: NDArray[np.float64]

    def words(self, draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int64]:
        """Draw words by their frequency."""
        return np.searchsorted(self.chances, draw.random(shape)) * _FORMS


def reports(count: int, seed: int = 1, *, any_script: bool = False) -> Iterator[Report]:
    """Yield ``count`` reports; mostly ASCII (one in four has typographic quotes), or each in one of six scripts."""
    draw = np.random.default_rng(seed)
    languages = [language(script) for script in _SCRIPTS] if any_script else [language(None)]
    events = [(number, _own_words(draw)) for number in range(LIVE_EVENTS)]
    opened = len(events)
    originals: list[tuple[int, int, NDArray[np.int32]]] = []
    for number in range(count):
        spoken = languages[number % len(languages)]
        if originals and draw.random() < COPIES:
            # The newest are copied most, so that some reports have many copies.
            original, event, told = originals[-1 - int(len(originals) * draw.random() ** 4)]
            spoken = languages[original % len(languages)]
            words = _copied(draw, told, spoken)
        else:
            place = int(len(events) * draw.random() ** 2)
            if draw.random() < 0.05:
                events[place], opened = (opened, _own_words(draw)), opened + 1
            original, (event, own) = number, events[place]
            words = _told(draw, spoken, own, is_quoting=number % 4 == 0).astype(np.int32)
            originals = originals[-RECENT:] if len(originals) == 2 * RECENT else originals
            originals.append((number, event, words))
        title = spoken.words(draw, (TITLE_WORDS,))
        title[:3] = words[draw.integers(len(words), size=3)] // _FORMS * _FORMS
        yield Report(number, event, original, _written(spoken, title), _written(spoken, words))


def texts(count: int, seed: int = 1, *, any_script: bool = False) -> list[str]:
    """Return the texts of `reports`."""
    return [report.text for report in reports(count, seed, any_script=any_script)]


@cache
def language(script: str | None) -> Language:
    """Return the words of a script, None for plain ASCII."""
    syllables = (_ASCII if script is None else _SCRIPTS[script]).split()
    size = VOCABULARY if script is None else VOCABULARY // 5
    chances = np.cumsum(1 / np.arange(1, size + 1))
    forms = [form for number in range(size) for form in _forms(_numeral(number, syllables))]
    return Language(np.array(forms, dtype=object), chances / chances[-1])


def _numeral(number: int, syllables: list[str]) -> str:
    """Return a number in syllables for digits, the shortest first."""
    word = ""
    number += len(syllables) // 2
    while number:
        number, digit = divmod(number - 1, len(syllables))
        word = syllables[digit] + word
    return word


def _forms(word: str) -> tuple[str, ...]:
    capital = word.capitalize()
    return word, capital, f"{word}.", f"{word}.\n", f"“{capital}”"


def _own_words(draw: np.random.Generator) -> NDArray[np.int64]:
    return draw.integers(500, VOCABULARY // 5, EVENT_WORDS) * _FORMS


def _told(
    draw: np.random.Generator, spoken: Language, own: NDArray[np.int64], *, is_quoting: bool
) -> NDArray[np.int64]:
    words = spoken.words(draw, (WORDS,))
    chance = draw.random(WORDS)
    is_own = chance < 0.15
    words[is_own] = own[(chance[is_own] / 0.15 * EVENT_WORDS).astype(np.int64)]
    ends = np.flatnonzero(draw.random(WORDS) < 1 / SENTENCE)
    words[ends[:-1] + 1] += _FIRST
    words[ends[1:]] += np.where(words[ends[1:]] % _FORMS == _PLAIN, _LAST, _PLAIN)
    words[ends[4::4]] += np.where(words[ends[4::4]] % _FORMS == _LAST, _LAST_OF_LINE - _LAST, _PLAIN)
    words[0] += _QUOTED - words[0] % _FORMS if is_quoting else _PLAIN
    return words


def _copied(draw: np.random.Generator, told: NDArray[np.int32], spoken: Language) -> NDArray[np.int32]:
    """Return a copy: a quarter are whole, a third are cut behind, the others have words exchanged."""
    kind = draw.random()
    if kind < 0.25:
        return told
    if kind < 0.6:
        return told[: int(len(told) * draw.uniform(0.6, 0.98))]
    changed = draw.random(len(told)) < draw.uniform(0.002, 0.1)
    return np.where(changed, spoken.words(draw, (len(told),)) + told % _FORMS, told)


def _written(spoken: Language, words: NDArray[np.int64] | NDArray[np.int32]) -> str:
    return " ".join(spoken.forms[words].tolist())
