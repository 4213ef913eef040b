"""Pages in, articles out: whole pages, pieces of them, and what must be refused without harm."""

from __future__ import annotations

import pytest

from dedupe.article import MAX_TEXT_BYTES, Article
from dedupe.errors import InvalidArticle
from dedupe.text.html import extract

TITLE = "Umbra closes its old bridge"
PARAGRAPHS = [
    f"The council of Umbra voted on {day} to close the old bridge after inspectors had found cracks in two pillars."
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PAGE = f"""<!DOCTYPE html><html><head><title>{TITLE} | Umbra Today</title>
<meta property="og:title" content="{TITLE}"><script>var menu = "Home";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<article><h1>{TITLE}</h1>{BODY}</article><footer>Contact us</footer></body></html>"""


def test_a_page() -> None:
    assert extract(PAGE) == (TITLE, "\n".join(PARAGRAPHS))


def test_the_title_may_come_from_the_page_alone() -> None:
    page = extract(f"<html><head><title>{TITLE}</title></head><body><article>{BODY}</article></body></html>")
    assert page == (TITLE, "\n".join(PARAGRAPHS))


@pytest.mark.parametrize("piece", [BODY, f"<div>{BODY}</div>"])
def test_a_piece_of_a_page(piece: str) -> None:
    assert extract(piece) == ("", "\n".join(PARAGRAPHS))


def test_plain_text_and_a_single_paragraph_pass() -> None:
    assert extract(PARAGRAPHS[0]).text == PARAGRAPHS[0]
    assert extract("<p>Fire in Umbra.</p>").text == "Fire in Umbra."


def test_a_declared_encoding_does_not_matter() -> None:
    assert extract('<?xml version="1.0" encoding="latin-1"?>' + PAGE).title == TITLE


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "&#0;", "&#xD800;"])
def test_characters_that_no_text_has_do_not_come_through(bad: str) -> None:
    page = extract(PAGE.replace("cracks", f"cra{bad}cks"))
    Article(title=page.title, text=page.text)
    assert "cra" in page.text


@pytest.mark.parametrize(
    "html",
    [
        "",
        " \n",
        "<div></div>",
        "<html><body><img src=bridge.jpg></body></html>",
        "<html><body>" + "<div>" * 10_000 + BODY + "</div>" * 10_000 + "</body></html>",
        "<b>" * 100_000,
        "<table><tr><td>" * 20_000,
        "<!--" * 100_000,
    ],
    ids=["nothing", "blank", "empty", "picture", "nested", "unclosed", "tables", "comments"],
)
def test_what_holds_no_article_is_refused(html: str) -> None:
    with pytest.raises(InvalidArticle) as caught:
        extract(html)
    assert caught.value.field == "html"


def test_a_deep_nest_beside_the_article_does_no_harm() -> None:
    assert PARAGRAPHS[2] in extract(PAGE.replace("<footer>", "<div>" * 10_000 + "<footer>")).text


@pytest.mark.parametrize("letter", ["a", "é"])
def test_a_page_that_is_too_large_is_refused(letter: str) -> None:
    with pytest.raises(InvalidArticle, match="longer than 1,000,000 bytes"):
        extract(letter * (MAX_TEXT_BYTES // len(letter.encode()) + 1))
