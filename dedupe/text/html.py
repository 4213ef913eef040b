"""A web page or a piece of one, turned into the title and the text of the article it carries."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from trafilatura import bare_extraction
from trafilatura.metadata import examine_meta, extract_title
from trafilatura.settings import Document
from trafilatura.utils import load_html

from dedupe.article import MAX_TEXT_BYTES, MAX_TITLE_CHARACTERS
from dedupe.errors import InvalidArticle

_PAGE: Final = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Page(NamedTuple):
    """The article of a page; ``title`` may be empty."""

    title: str
    text: str


def extract(html: str) -> Page:
    """Return the article of a page, one paragraph a line.

    Raises `InvalidArticle` when there is no article to be found, as in a page nested deeper than
    the parser goes (256 elements), and when the page is too large.
    """
    if len(html) > MAX_TEXT_BYTES or len(html.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        raise InvalidArticle("html", f"longer than {MAX_TEXT_BYTES:,} bytes of UTF-8")
    readable = _UNREADABLE.sub(" ", html)
    if not _PAGE.search(readable):
        readable = f"<html><body><article>{readable}</article></body></html>"
    tree = load_html(readable)
    found = None if tree is None else bare_extraction(tree, fast=True, include_comments=False)
    text = found.text.strip() if isinstance(found, Document) and found.text else ""
    if tree is None or not text:
        raise InvalidArticle("html", "holds no article that could be told from the page around it")
    title = " ".join((examine_meta(tree).title or extract_title(tree) or "").split())[:MAX_TITLE_CHARACTERS]
    first, _, rest = text.partition("\n")
    return Page(title, rest.strip() if title and rest and first.strip() == title else text)
