"""Reading an article of the stream: what it says by itself, and what only the articles before it can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from dedupe.index import Index
from dedupe.reading import BLOCK_ARTICLES, Draft, Reading, read, read_again, read_ahead, read_all
from dedupe.settings import EngineSettings
from dedupe.store.records import Replayed, StoredArticle
from dedupe.submission import Submission
from dedupe.text.language import detect, primary

UNDETERMINED: Final = "und"


def read_submission(submission: Submission, settings: EngineSettings) -> Reading:
    """Read what came in, without a look at any other article."""
    return read_submissions([submission], settings)[0]


def read_submissions(submissions: Sequence[Submission], settings: EngineSettings) -> list[Reading]:
    """Read what came in together, each as if it were alone."""
    return read_all([_draft(submission) for submission in submissions], settings)


def read_groups(
    groups: Iterable[Sequence[Submission]], settings: EngineSettings
) -> Iterator[tuple[Sequence[Submission], list[Reading]]]:
    """Yield groups of what came in with their readings; the next group is read by another thread meanwhile."""
    return read_ahead(((group, [_draft(submission) for submission in group]) for group in groups), settings)


def _draft(submission: Submission) -> Draft:
    article = submission.article
    language = primary(article.language) if article.language else detect(f"{article.title}\n{article.text}")
    return Draft(article, language, submission.received_at)


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
    draft = _replayed_draft(replayed)
    return read_all([draft], settings)[0] if draft else None


def read_log(log: Iterable[Replayed], settings: EngineSettings) -> Iterator[tuple[Replayed, Reading | None]]:
    """Yield each event of a log with the text that it placed, as it was read then, a block read at once."""
    for stretch, readings in read_ahead(_stretches(log), settings):
        texts = iter(readings)
        for replayed in stretch:
            yield replayed, next(texts) if _replayed_draft(replayed) else None


def _stretches(log: Iterable[Replayed]) -> Iterator[tuple[list[Replayed], list[Draft]]]:
    events = iter(log)
    while stretch := list(islice(events, BLOCK_ARTICLES)):
        yield stretch, [draft for replayed in stretch if (draft := _replayed_draft(replayed))]


def _replayed_draft(replayed: Replayed) -> Draft | None:
    if replayed.article is None or not replayed.language or replayed.aside:
        return None
    dropped = replayed.event.detail.get("furniture", ())
    return Draft(replayed.article, replayed.language, replayed.event.at, dropped)
