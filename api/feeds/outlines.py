"""An OPML file: the feeds that it lists."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from dedupe.errors import UnreadableInput

MAX_BYTES: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed: where it is, and what the file calls it."""

    url: str
    name: str


def read_outlines(path: Path) -> list[Outline]:
    """Return the feeds that a file lists, each once, in its order; raise `UnreadableInput`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise UnreadableInput(f"{path}: {problem.strerror or problem}") from problem
    if len(content) > MAX_BYTES:
        raise UnreadableInput(f"{path}: longer than {MAX_BYTES:,} bytes, which no list of feeds is")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise UnreadableInput(f"{path}: is not OPML: {problem}") from problem
    found = {outline.url: outline for outline in (_outline(path, entry) for entry in root.iter("outline")) if outline}
    if not found:
        raise UnreadableInput(f"{path}: lists no feed; each is an <outline> with an xmlUrl")
    return list(found.values())


def is_web_address(url: str) -> bool:
    """Tell whether a URL is one that is read: http or https, with a host and no user name.

    >>> is_web_address("https://desk.example/rss"), is_web_address("file:///etc/passwd")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _outline(path: Path, entry: etree._Element) -> Outline | None:
    url = (entry.get("xmlUrl") or "").strip()
    if not url:
        return None  # a folder of others
    if not is_web_address(url):
        raise UnreadableInput(f"{path}:{entry.sourceline}: {url!r} is no address such as https://desk.example/rss")
    return Outline(url, (entry.get("title") or entry.get("text") or "").strip() or url)
