"""A word is one term in all its forms, whatever was read before, beside it and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe.stems
from dedupe.article import Article
from dedupe.clusters.prior import shipped_priors
from dedupe.language_code import language_code
from dedupe.reading import Draft, Reading, read, read_again, read_all
from dedupe.settings import EngineSettings
from dedupe.stems import Stems, stems_in, stems_of, words_among
from dedupe.text.page import pages_of, read_block
from dedupe.text.tokens import tokenise

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SETTINGS = EngineSettings()
SENTENCES = {
    "en": "Two ferries collided, the ferry's captains say; U.S. divers searched on 12 March",
    "de": "Die Fähren stießen zusammen, der Kapitän der Fähre verließ das Schiff",
    "ru": "Два парома столкнулись, капитаны паромов это подтвердили",
    "uk": "Дві пороми зіткнулися, капітани поромів це підтвердили",
    "sw": "Feri mbili ziligongana na manahodha wa feri walithibitisha",
    "ja": "二隻のフェリーが衝突し、船長らが確認した",
    "und": "Ferries collided",
}


def draft(text: str, language: str, title: str = "") -> Draft:
    return Draft(Article(title=title, text=text), language, AT)


def terms(reading: Reading) -> list[int]:
    return reading.evidence.terms.hashes.tolist()


def counted(words: str, language: str) -> list[int]:
    """What each word counts as, alone in a text."""
    return [terms(read(*draft(word, language)[:3], SETTINGS))[0] for word in words.split()]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "ferry ferries FERRY’S Ferries"),
        ("en", "burn burned burning burns"),
        ("de", "Haus Hauses Häuser HÄUSERN"),
        ("es", "ministro ministra ministros"),
        ("ru", "новость новости новостями"),
        ("tr", "başbakan başbakanlar başbakanın"),
        ("ar", "الحكومة حكومة"),
        ("hi", "लड़का लड़के लड़कों"),
        ("el", "ΥΠΟΥΡΓΟΣ υπουργός υπουργοί"),
        ("hr", "brodovi brodova"),
        ("sr", "бродови brodova"),
        ("uk", "міністр міністра міністрами"),
        ("bg", "министър министърът"),
    ],
)
def test_a_word_is_one_term_in_all_its_forms(language: str, forms: str) -> None:
    assert len(set(counted(forms, language))) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("sw", "feri ferin"), ("und", "ferry ferries"), ("en", "1999 1999s covid19 covid"), ("ja", "都 京")],
)
def test_other_words_and_numbers_stay_as_they_are(language: str, words: str) -> None:
    assert len(set(counted(words, language))) == len(words.split())


def test_copies_are_compared_by_what_is_written() -> None:
    one, other = read_all([draft("The ferry burned " * 20, "en"), draft("The ferries burn " * 20, "en")], SETTINGS)

    assert terms(one) == terms(other)
    assert not set(one.evidence.shingles.tolist()) & set(other.evidence.shingles.tolist())


def test_a_term_is_shown_as_it_was_written_first() -> None:
    reading = read(*draft("Two FERRIES, one ferry", "en")[:3], SETTINGS)

    assert [reading.word(term) for term in range(3)] == ["Two", "FERRIES", "one"]
    assert reading.evidence.terms.body.tolist() == [1, 2, 1]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(sorted(SENTENCES)), st.booleans(), st.booleans()), min_size=1, max_size=8))
def test_words_count_the_same_in_any_company(kinds: Sequence[tuple[str, bool, bool]]) -> None:
    drafts = [
        draft(SENTENCES[language] if has_text else "", language, SENTENCES[language].upper() if has_title else "")
        for language, has_title, has_text in kinds
        if has_title or has_text
    ]
    stems_in.cache_clear()
    together = [terms(reading) for reading in read_all(drafts, SETTINGS)] if drafts else []
    stems_in.cache_clear()
    assert together == [terms(read(*each[:3], SETTINGS)) for each in drafts]


def test_a_text_that_is_read_again_counts_in_its_new_language() -> None:
    texts = [SENTENCES["en"], SENTENCES["de"], SENTENCES["und"]]
    readings = read_all([draft(text, "en", "Ferries") for text in texts], SETTINGS)

    again = [read_again(reading, "de", SETTINGS, ()) for reading in readings]
    assert [terms(reading) for reading in again] == [
        terms(reading) for reading in read_all([draft(text, "de", "Ferries") for text in texts], SETTINGS)
    ]
    assert terms(again[0]) != terms(readings[0])


def test_a_word_is_stemmed_once_and_few_are_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedupe.stems, "MOST_WORDS", 100)
    asked: list[str] = []

    def stem(word: str) -> str:
        asked.append(word)
        return word[:3]

    stems, expected = Stems(stem), Stems(str).hash_of("wor")
    for first, new in ((0, 60), (0, 0), (20, 20), (0, 0), (50, 60), (0, 60)):
        words = [
            f"word{chr(ord('a') + number // 20)}{chr(ord('a') + number % 20)}" for number in range(first, first + 60)
        ]
        tokens, before = tokenise(" ".join(words)), len(asked)
        found = stems.of(tokens.hashes, words_among(tokens.flags), words.__getitem__)
        assert found.tolist() == [expected] * len(words)
        assert len(asked) - before == new
    assert stems.of(np.empty(0, np.uint64), np.empty(0, np.bool_), str).tolist() == []


def test_threads_that_meet_new_words_agree() -> None:
    stems_in.cache_clear()
    texts = [" ".join(f"ferr{'aeiou'[n % 5]}{'bcdfg'[n // 5 % 5]}ies" for n in range(at, at + 40)) for at in range(80)]

    def read_one(text: str) -> list[int]:
        pages = pages_of(read_block([""], [text]), [""], [text])
        return stems_of(pages, [text], ["en"]).tolist()

    with ThreadPoolExecutor(8) as workers:
        together = list(workers.map(read_one, texts))
    stems_in.cache_clear()
    assert together == list(map(read_one, texts))


def test_what_is_no_text_is_read_all_the_same() -> None:
    stems = stems_in("en")

    assert stems is not None
    assert stems.hash_of("\ud800") != stems.hash_of("\ud801")
    assert stems.hash_of("") == stems.hash_of("")


@pytest.mark.parametrize(("language", "words"), [("en", "fire fires"), ("de", "Jahr Jahres"), ("ru", "года годы")])
def test_priors_know_words_by_their_stems(language: str, words: str) -> None:
    prior = shipped_priors()[language_code(language)]
    shares = dict(zip(prior.hashes.tolist(), prior.shares.tolist(), strict=True))

    assert len({shares[term] for term in counted(words, language)}) == 1
