"""Lines of tokens, against splitlines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text.lines import split_lines
from dedupe.text.tokens import tokenise


@settings(deadline=None)
@given(st.text(alphabet="ab 日.\n\r\u2028", max_size=60))
def test_each_line_with_tokens_is_one(text: str) -> None:
    lines, written = split_lines(tokenise(text)), text.splitlines()
    full = [number for number, line in enumerate(written) if len(tokenise(line).hashes)]
    assert lines.numbers.tolist() == full
    for i, number in enumerate(full):
        own = tokenise(written[number])
        assert int(lines.lasts[i] - lines.firsts[i]) == len(own.hashes)
        assert split_lines(own).hashes[0] == lines.hashes[i]
        assert split_lines(own).weights[0] == lines.weights[i]


def test_the_same_words_have_the_same_hash_however_written() -> None:
    lines = split_lines(tokenise("READ more…\n\nRead More\nmore read"))
    assert lines.hashes[0] == lines.hashes[1] != lines.hashes[2]


def test_a_character_weighs_half_a_word() -> None:
    assert split_lines(tokenise("two words\n日本語")).weights.tolist() == [4, 3]


def test_hashes_never_change() -> None:
    assert f"{int(split_lines(tokenise('Most Popular')).hashes[0]):016x}" == "b7967cb8e15ad0bd"
