"""An article as the engine reads it: all that can be computed without knowing any other article."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

import numpy as np

from dedupe.article import Article
from dedupe.evidence import Compared, Evidence, gather
from dedupe.language_code import language_code
from dedupe.settings import EngineSettings
from dedupe.stems import stems_of
from dedupe.text.page import Page, pages_of, read_block

T = TypeVar("T")

BLOCK_ARTICLES: Final = 256
BLOCK_CHARACTERS: Final = 2_000_000
"""So much is read in one call: what a thread needs meanwhile, at most some 60 bytes a character, is bounded by it."""


class Reading(NamedTuple):
    """The evidence in one article.

    ``time`` is when it was published, in whole seconds since 1970, NaN when unknown. ``dropped``
    are the lines of the body left out as furniture of the source. ``source_number`` is the number under which the
    lines of its source are counted, None where no source is named.
    """

    article: Article
    language: str
    received_at: datetime
    time: float
    page: Page
    dropped: Sequence[int]
    evidence: Evidence
    source_number: int | None

    @property
    def language_code(self) -> int:
        """Return the number that keeps the terms of different languages apart."""
        return language_code(self.language)

    @property
    def source_mark(self) -> int:
        """Return 32 bits that tell whether two articles are of one source, 0 where no source is named."""
        number = self.source_number
        return number & 0xFFFFFFFF | 1 if number is not None else 0

    def word(self, term: int) -> str:
        """Return a term as it was first written; ``term`` is its place in the evidence."""
        first = int(self.evidence.terms.first[term])
        return self.page.word(self.article.text, first, int(self.evidence.places[first]))


class Draft(NamedTuple):
    """An article to be read: in which language, and which lines of its body, by their numbers, to leave out."""

    article: Article
    language: str
    received_at: datetime
    dropped: Sequence[int] = ()


def read_all(drafts: Sequence[Draft], settings: EngineSettings) -> list[Reading]:
    """Compute what decisions about articles rest on; each is read as if it were alone.

    A block is read in one call of compiled code, during which other threads may run.
    """
    return [reading for block in blocks(drafts) for reading in _read_block(block, settings)]


def read(
    article: Article, language: str, received_at: datetime, settings: EngineSettings, dropped: Sequence[int] = ()
) -> Reading:
    """Compute what decisions about an article rest on, with the lines ``dropped`` left out."""
    return _read_block([Draft(article, language, received_at, dropped)], settings)[0]


def read_again(reading: Reading, language: str, settings: EngineSettings, dropped: Sequence[int]) -> Reading:
    """Read an article in another language, or without some of its lines."""
    page, text = reading.page, reading.article.text
    begin, end = page.span
    places = [at - begin for at in page.row[:4]]
    kept = np.zeros(end - begin, np.bool_)
    kept[places[2] : places[3]] = page.without(dropped)
    block, stems = page.block, stems_of([page], [text], [language])
    tokens = Compared(block.hashes[begin:end], stems, block.flags[begin:end], kept, np.array([places], np.int64))
    evidence = gather(tokens, [language_code(language)], settings.shingle_size)[0]
    return reading._replace(language=language, dropped=dropped, evidence=evidence)


def read_ahead(
    groups: Iterable[tuple[T, Sequence[Draft]]], settings: EngineSettings
) -> Iterator[tuple[T, list[Reading]]]:
    """Yield what stands for each group with its readings; the next group is read by another thread meanwhile."""
    with ThreadPoolExecutor(1) as reader:
        waiting: deque[tuple[T, Future[list[Reading]]]] = deque()
        for name, drafts in groups:
            waiting.append((name, reader.submit(read_all, drafts, settings)))
            if len(waiting) > 1:
                first, readings = waiting.popleft()
                yield first, readings.result()
        for last, readings in waiting:
            yield last, readings.result()


def blocks(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """Yield articles in blocks of `BLOCK_ARTICLES` at most, and `BLOCK_CHARACTERS` where there is more than one."""
    first = characters = 0
    for at, draft in enumerate(drafts):
        characters += len(draft.article.text)
        if at - first == BLOCK_ARTICLES or (characters > BLOCK_CHARACTERS and at > first):
            yield drafts[first:at]
            first, characters = at, len(draft.article.text)
    if first < len(drafts):
        yield drafts[first:]


def _read_block(drafts: Sequence[Draft], settings: EngineSettings) -> list[Reading]:
    titles = [draft.article.title for draft in drafts]
    texts = [draft.article.text for draft in drafts]
    scanned = read_block(titles, texts)
    pages = pages_of(scanned, titles, texts)
    kept = scanned.kept
    if any(draft.dropped for draft in drafts):
        kept = kept.copy()
        for draft, page, row in zip(drafts, pages, scanned.rows, strict=True):
            kept[row[2] : row[3]] = page.without(draft.dropped)
    languages = [draft.language for draft in drafts]
    tokens = Compared(scanned.hashes, stems_of(pages, texts, languages), scanned.flags, kept, scanned.rows)
    evidence = gather(tokens, [*map(language_code, languages)], settings.shingle_size)
    return [_reading(*parts) for parts in zip(drafts, pages, evidence, strict=True)]


def _reading(draft: Draft, page: Page, evidence: Evidence) -> Reading:
    published = draft.article.decision_time(draft.received_at)
    time = float(int(published.timestamp())) if published else np.nan
    source = _source_number(draft.article.source) if draft.article.source else None
    return Reading(draft.article, draft.language, draft.received_at, time, page, draft.dropped, evidence, source)


@lru_cache(maxsize=4096)
def _source_number(source: str) -> int:
    return int.from_bytes(hashlib.blake2b(source.encode(), digest_size=8).digest(), "little")
