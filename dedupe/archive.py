"""The store's articles, read and weighed again: as they were when they were placed, or as of now."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from dedupe import ids
from dedupe.article import Article
from dedupe.errors import UnknownCluster, WithdrawnArticle
from dedupe.events import PLACING, Event
from dedupe.reading import Reading, read, read_again
from dedupe.settings import EngineSettings
from dedupe.settling import UNDETERMINED, read_replayed, read_submission
from dedupe.store.protocol import Catalogue
from dedupe.store.records import Replayed, StoredArticle
from dedupe.submission import Submission
from dedupe.weighing import Weights, weigh_article

NOW: Final = 1 << 62
"""Beyond every event's number."""
NOBODY: Final = ids.encode("art", 0)


class Placed(NamedTuple):
    """An article with the event that placed its present text, read as it was then."""

    stored: StoredArticle
    event: Event
    reading: Reading


class Archive:
    """What can be known of articles from the store alone: beside the engine, without holding it up."""

    def __init__(self, catalogue: Catalogue, settings: EngineSettings | None = None) -> None:
        self.catalogue = catalogue
        self._settings = settings or EngineSettings()

    def placed(self, article_id: str) -> Placed:
        """Return an article as it was placed; raise `UnknownArticle` or `WithdrawnArticle`."""
        return self.read(self.catalogue.article(article_id))

    def read(self, stored: StoredArticle) -> Placed:
        """Read a stored article again as it was read when it was placed; raise `WithdrawnArticle`."""
        if stored.article is None:
            raise WithdrawnArticle(stored.article_id)
        event = self.catalogue.placing(stored.article_id, stored.assignment.seq or 0)
        if event.kind in PLACING and event.article_id == stored.article_id:
            replayed = Replayed(event=event, article=stored.article, language=stored.language, vocabulary=None)
            reading = read_replayed(replayed, self._settings)
            assert reading is not None  # noqa: S101  it has a text and a language
            return Placed(stored, event, reading)
        return Placed(stored, event, read(stored.article, stored.language, stored.received_at, self._settings))

    def read_pair(self, left: Article | str, right: Article | str, at: datetime) -> tuple[Reading, Reading]:
        """Read two articles, each given by its id or as it is written, the latter as if it came in ``at`` that time.

        One whose language cannot be told is read in that of the other. Raises `UnknownArticle` or `WithdrawnArticle`.
        """
        ours, theirs = self._reading(left, at), self._reading(right, at)
        return self._in_language_of(theirs, ours), self._in_language_of(ours, theirs)

    def _reading(self, side: Article | str, at: datetime) -> Reading:
        if isinstance(side, str):
            return self.placed(side).reading
        return read_submission(Submission(article=side, article_id=NOBODY, received_at=at), self._settings)

    def _in_language_of(self, other: Reading, reading: Reading) -> Reading:
        if reading.language != UNDETERMINED or other.language == UNDETERMINED:
            return reading
        return read_again(reading, other.language, self._settings, reading.dropped)

    def knows(self, cluster_id: str) -> bool:
        """Tell whether a cluster may be looked at: one that only embargoed articles were ever in may not."""
        try:
            self.catalogue.cluster(cluster_id)
        except UnknownCluster:
            return False
        return True

    def event(self, seq: int) -> Event:
        """Return an event that is known to be in the log by its number."""
        return self.catalogue.event(seq)

    def weigh(self, reading: Reading, before: int = NOW) -> Weights:
        """Weigh the terms of an article as they were weighed right before an event."""
        return weigh_article(reading, self.catalogue.vocabulary(reading.language, before))

    @property
    def shingle_size(self) -> int:
        """Return how many tokens in a row count as a passage."""
        return self._settings.shingle_size
