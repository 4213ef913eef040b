"""The compiled tokeniser against its definition, written again in plain Python."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text.block import lay_out
from dedupe.text.characters import characters
from dedupe.text.normalise import normalise
from dedupe.text.spelling import first_places, room_for, spell
from dedupe.text.tokens import (
    HAS_DIGIT,
    IS_CAPITALISED,
    IS_SOLO,
    STARTS_LINE,
    Tokens,
    collect_hashes,
    tokenise,
)

APOSTROPHES = "'`\u00b4\u2018\u2019\u201b\u02bb\u02bc\u05f3\uff07"
UNSPACED = re.compile(
    "CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH|IDEOGRAPHIC|HIRAGANA|KATAKANA|BOPOMOFO|THAI |LAO |KHMER |MYANMAR "
    "|NEW TAI LUE|TAI LE|TAI THAM|TAI VIET|YI SYLLABLE"
)
GLYPH_ONLY = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u0640"

plain_text = st.text(alphabet=st.characters(max_codepoint=0x7E), max_size=60)
ASSIGNED = st.characters(exclude_categories=("Cn", "Co", "Cs"))
TRICKY = st.sampled_from("aSs.'’,1é\u0301\u00ad\u200bП日のกั\r\n\u2028 İßﬁǅ½。Ⅷ٣")
any_text = st.text(alphabet=st.one_of(ASSIGNED, TRICKY, TRICKY), max_size=40).filter(
    # The table is that of Unicode 14.0; a newer Python draws characters that it does not know.
    lambda text: unicodedata.unidata_version == "14.0.0" or text.isascii()
)


def category(character: str) -> str:
    """Return S(olo), M(ark), I(nvisible), L(etter), N(umber) or the empty string."""
    if character in GLYPH_ONLY or 0xFE00 <= ord(character) < 0xFE10 or 0xE0100 <= ord(character) < 0xE01F0:
        return "I"
    decomposed = unicodedata.normalize("NFKD", character)
    single = decomposed if len(decomposed) == 1 else character
    general = unicodedata.category(single)
    if general == "Cf":
        return "I"
    if general[0] in "LN" and general != "Nd" and UNSPACED.match(unicodedata.name(single, "")):
        return "S"
    return "S" if 0x20000 <= ord(character) < 0x40000 else general[0] if general[0] in "LNM" else ""


def spans(text: str) -> list[tuple[int, int]]:
    """Tokenise by regular expression over a string that has one class letter a character."""
    classes = "".join(
        "'" if c in APOSTROPHES else "." if (u := unicodedata.normalize("NFKD", c)) == "." else "," if u == ","
        else {"L": "z" if unicodedata.name(unicodedata.normalize("NFKD", c)[0], "").startswith("LATIN ") else "w",
              "N": "9", "S": "S", "M": "M", "I": "M"}.get(category(c), " ")
        for c in text
    )  # fmt: skip
    where = [at for at, c in enumerate(classes) if c != "M"]
    bare = "".join(classes[at] for at in where)
    small_s = [unicodedata.normalize("NFKD", text[at]).casefold() == "s" for at in where]
    bare = re.sub("(?<=9)[.,](?=9)", "9", bare)
    bare = re.sub(r"(?<![zw9])[zw](\.[zw](?![zw9]))+", lambda m: m.group().replace(".", "+"), bare)
    for at in [m.start() for m in re.finditer("'", bare)]:
        before, after, beyond = bare[at - 1 : at], bare[at + 1 : at + 2], bare[at + 2 : at + 3]
        if before == "w" and after in tuple("zw"):
            bare = f"{bare[:at]}+{bare[at + 1 :]}"
        elif before in tuple("z9") and after in tuple("zw") and small_s[at + 1] and beyond not in tuple("zw9"):
            bare = f"{bare[: at + 1]} {bare[at + 2 :]}"
    found = []
    for token in re.finditer("[zw9](?:[zw9+]*[zw9])?|S", bare):
        start, last = where[token.start()], where[token.end() - 1]
        marks = re.match("M*", classes[last + 1 :])
        end = last + 1
        for at in range(end, end + (marks.end() if marks else 0)):
            end = at + 1 if category(text[at]) == "M" else end
        found.append((start, end))
    return found


def words(text: str, tokens: Tokens | None = None) -> list[str]:
    found = tokens or tokenise(text)
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


@settings(deadline=None)
@given(any_text)
def test_spans_follow_the_definition(text: str) -> None:
    tokens = tokenise(text)
    assert list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)) == spans(text)


def fmix64(value: int) -> int:
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ value >> 33) * multiplier % 2**64
    return value ^ value >> 33


def token_hash(word: str) -> int:
    """Hash a word as the module's docstring says."""
    value = 0x2D358DCCAA6C78A5
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if category(c) != "I")
    for c in unicodedata.normalize("NFKD", "".join(c if c == "\u0345" else c.casefold() for c in plain)):
        if unicodedata.combining(c):
            value = (value + ord(c) * 0xD6E8FEB86659FD93) % 2**64
        elif c != " ":
            value = (value ^ ord(c)) * 0x9E3779B97F4A7C15 % 2**64
    return fmix64(value)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=("L", "Nd")), min_size=1, max_size=12).filter(
    lambda word: spans(word) == [(0, len(word))] and unicodedata.unidata_version == "14.0.0"
))  # fmt: skip
def test_hashes_follow_the_formula(word: str) -> None:
    assert tokenise(word).hashes.tolist() == [token_hash(word)]


def test_hashes_never_change() -> None:
    text = "Storyfold folds 1,000 Straßen: Zürich’s 東京, กำลัง U.S."
    assert [f"{value:016x}" for value in tokenise(text).hashes.tolist()] == [
        "99d50ffa90037a49", "c0704f196c69b6a7", "a6f43a7fa9d133eb", "5c68f7ff0cc3ebd9", "893cac3d354da03a",
        "213d845b6528762b", "b18816d52fb5eab5", "222da0b6c9757963", "3e029dffd45374fa", "224e8bb198bd954d",
        "7557a09d549d0654", "f6d8c553c9b2a817",
    ]  # fmt: skip


@settings(deadline=None)
@given(any_text)
def test_canonically_equal_texts_have_equal_hashes(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert tokenise(composed).hashes.tolist() == tokenise(decomposed).hashes.tolist()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=("L", "M", "Nd")), min_size=1, max_size=6))
def test_words_of_one_spelling_have_one_hash(word: str) -> None:
    tokens = tokenise(f"{word} {normalise(word)}")
    if spans(word) == [(0, len(word))] and spans(normalise(word)) == [(0, len(normalise(word)))]:
        assert tokens.hashes[0] == tokens.hashes[1]


@settings(deadline=None)
@given(plain_text)
def test_ascii_and_wide_texts_take_the_same_path(text: str) -> None:
    narrow, wide = tokenise(text), tokenise(text + " 。")
    assert all(np.array_equal(left, right) for left, right in zip(narrow, wide, strict=True))


@settings(deadline=None)
@given(any_text)
def test_tokens_stand_in_order_and_lines_are_those_of_splitlines(text: str) -> None:
    tokens = tokenise(text)
    assert all(start < end for start, end in zip(tokens.starts, tokens.ends, strict=True))
    assert all(end <= start for end, start in zip(tokens.ends[:-1], tokens.starts[1:], strict=True))
    for start, line in zip(tokens.starts.tolist(), tokens.lines.tolist(), strict=True):
        assert line == len((text[:start] + "x").splitlines()) - 1
    firsts = [True, *(left != right for left, right in pairwise(tokens.lines.tolist()))]
    assert [bool(flag & STARTS_LINE) for flag in tokens.flags] == firsts[: len(tokens.flags)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Biden’s plan", "BIDEN's plan"),
        ("Biden's plan", "Biden plan"),
        ("the U.S. and U.K.", "the US and UK"),
        ("a co\u00adoperative\u200b move", "a cooperative move"),
        ("Straße", "STRASSE"),
        ("ﬁnance Ｎｅｗｓ", "finance news"),
        ("l’Europe", "l'Europe"),
        ("Київ п’ять", "Київ пять"),
        ("می‌خواهم", "میخواهم"),
        ("ｶﾞｽ", "ガス"),
        ("Việt Nam", unicodedata.normalize("NFD", "VIỆT NAM")),
    ],
)
def test_writings_of_the_same_words_are_equal(left: str, right: str) -> None:
    assert tokenise(left).hashes.tolist() == tokenise(right).hashes.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t…!", []),
        ("🎉👍🏽", []),
        ("co-op", ["co", "op"]),
        ("1,000.50, or 3.", ["1,000.50", "or", "3"]),
        ("don't", ["don", "t"]),
        ("Erdoğan'ın", ["Erdoğan", "ın"]),
        ("end.Next U.S.A.", ["end", "Next", "U.S.A"]),
        ("example.com", ["example", "com"]),
        ("snake_case", ["snake", "case"]),
        ("東京15日", ["東", "京", "15", "日"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("대통령은", ["대통령은"]),
        ("\ud800 lone", ["lone"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_flags_tell_digits_capitals_scripts_and_lines() -> None:
    tokens = tokenise("Ǆ 4th éa\r\nÉa 東")
    expected = [IS_CAPITALISED | STARTS_LINE, HAS_DIGIT, 0, IS_CAPITALISED | STARTS_LINE, IS_SOLO]
    assert tokens.flags.tolist() == expected
    assert tokens.lines.tolist() == [0, 0, 0, 1, 1]


@pytest.mark.compiled
def test_a_huge_text_of_marks_takes_linear_time() -> None:
    text = "a'" + "\u0301." * 400_000
    assert words(text) == ["a"]


@pytest.mark.compiled
def test_distinct_words_have_distinct_hashes() -> None:
    text = " ".join(
        f"{first}{second}{third}" for first in "abcdefghij" for second in "abcdefghij" for third in range(2000)
    )
    tokens = tokenise(text)
    assert len(np.unique(tokens.hashes)) == len(tokens.hashes) == 200_000


def test_the_arrays_hold_just_their_rows() -> None:
    tokens = tokenise("one two " * 100)
    assert [array.dtype.name for array in tokens] == ["uint64", "uint8", "uint32", "uint32", "uint32"]
    assert [len(array) for array in tokens] == [200] * 5


@settings(deadline=None)
@given(any_text | st.text(alphabet="aé5 .,'’\u00ad\u0301日ก\u0e31ﬁǅ\r\n-", max_size=30))
def test_hashes_alone_are_those_of_the_tokens(text: str) -> None:
    block = lay_out([text])
    spelling = room_for(block)
    size = spell(block, 0, first_places(block), characters(), spelling)
    hashes = np.empty(size + 1, np.uint64)
    count = collect_hashes(spelling.entries[: size + 1], characters().sequences, hashes)
    assert hashes[:count].tolist() == tokenise(text).hashes.tolist()
