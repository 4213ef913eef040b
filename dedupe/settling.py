"""Reading an article of the stream: what it says by itself, and what only the articles before it can tell."""

from __future__ import annotations

from typing import Final

from dedupe.index import Index
from dedupe.reading import Reading, read, read_again
from dedupe.settings import EngineSettings
from dedupe.store.records import Replayed, StoredArticle
from dedupe.submission import Submission
from dedupe.text.language import detect, primary

UNDETERMINED: Final = "und"


def read_submission(submission: Submission, settings: EngineSettings) -> Reading:
    """Read what came in, without a look at any other article."""
    article = submission.article
    language = primary(article.language) if article.language else detect(f"{article.title}\n{article.text}")
    return read(article, language, submission.received_at, settings)


def settle(reading: Reading, index: Index, settings: EngineSettings) -> Reading:
    """Read again without the source's furniture, and in the stream's language where its own is in doubt."""
    language = reading.language
    if language == UNDETERMINED:
        language = index.counts.common_language or language
    dropped = index.counts.furniture(reading)
    if language == reading.language and not dropped:
        return reading
    return read_again(reading, language, settings, dropped)


def read_stored(stored: StoredArticle, index: Index, settings: EngineSettings) -> Reading | None:
    """Read an article as it was read when it was placed; None when its text was taken down."""
    if stored.article is None:
        return None
    dropped = index.clusters.dropped(index.slot_of(stored.article_id))
    return read(stored.article, stored.language, stored.received_at, settings, dropped)


def read_replayed(replayed: Replayed, settings: EngineSettings) -> Reading | None:
    """Read an article as the log says that it was read; None when the log has its text no more."""
    if replayed.article is None or not replayed.language:
        return None
    dropped = replayed.event.detail.get("furniture", ())
    return read(replayed.article, replayed.language, replayed.event.at, settings, dropped)
