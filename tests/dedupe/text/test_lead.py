"""What an article without a title is called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedupe.text.lead import LEAD_CHARACTERS, lead, shortened
from dedupe.text.page import read_page

PARAGRAPH = "The ferry Aurora ran aground at dawn on Monday, and all 212 people on board were brought ashore by noon. "
MENU = "Home\nWorld\nSport\n16.1 C\nLondon\n"
TITLE = "Ferry aground off Sandholm, all 212 safe"


def lead_of(text: str, dropped: tuple[int, ...] = ()) -> str:
    return lead(read_page("", text), text, dropped)


def test_the_title_that_a_page_shows() -> None:
    assert lead_of(f"{MENU}{TITLE}\n\n{TITLE}\n\n{PARAGRAPH * 3}\n\n{PARAGRAPH}") == TITLE


def test_the_beginning_without_furniture_on_one_line() -> None:
    said = lead_of(f"{MENU}\n{PARAGRAPH * 3}\n\n{PARAGRAPH}")
    assert said == f"{PARAGRAPH}The ferry…"
    assert lead_of("Ferry aground.\n All\tsafe!") == "Ferry aground. All safe!"


def test_neither_dateline_nor_half_a_quotation() -> None:
    assert lead_of(f"SANDHOLM (Reuters) - “{PARAGRAPH}” said Ada.").startswith("“The ferry Aurora")


def test_not_what_a_source_has_on_every_page() -> None:
    slogan = "Eastlow Standard is the paper of the whole coast"
    text = f"{slogan}\n\n{PARAGRAPH * 3}\n\n{PARAGRAPH * 2}"
    assert lead_of(text) == slogan
    assert lead_of(text, dropped=(0,)).startswith("The ferry Aurora")


def test_what_is_nothing_but_furniture_is_told_as_it_is() -> None:
    text = "Home\nWorld\nSport"
    lines = range(len(read_page("", text).lines.firsts))
    assert lead_of(text, tuple(lines)) == "Home World Sport"
    assert lead_of(" 😀 \n —") == "😀 —"


def test_long_lines_end_after_a_word() -> None:
    assert shortened("aaa " * 100, 10) == "aaa aaa…"
    assert shortened("x" * 200) == "x" * (LEAD_CHARACTERS - 1) + "…"
    assert shortened("one two, three", 9) == "one two…"
    assert shortened("12345678", 8) == "12345678"


@given(st.text(min_size=1).filter(str.strip))
def test_there_is_always_one_line_of_bounded_length(text: str) -> None:
    said = lead_of(text)
    assert said
    assert len(said) <= LEAD_CHARACTERS
    assert said == " ".join(said.split())
