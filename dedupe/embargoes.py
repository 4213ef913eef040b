"""What readers may not see, as the log has it: embargoed articles, and clusters that they were never told of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from dedupe.events import PLACING, Event, EventKind

_CLUSTER: Final = "clu"


class Embargoes:
    """The ids of ``articles`` that are embargoed, and of ``clusters`` that no event named which everyone is told of."""

    def __init__(self) -> None:
        self.articles: set[str] = set()
        self.clusters: set[str] = set()

    def record(self, event: Event) -> None:
        """Take in an event."""
        if event.hidden:
            self._record_hidden(event)
        elif self.clusters:
            self.clusters.discard(event.cluster_id)
        if event.kind is EventKind.WITHHELD and event.article_id:
            self.articles.add(event.article_id)
        elif self.articles and event.kind in (EventKind.RELEASED, EventKind.WITHDRAWN):
            self.articles.discard(event.article_id or "")

    def _record_hidden(self, event: Event) -> None:
        if event.kind is EventKind.OPENED or "founded" in event.detail:
            self.clusters.add(event.cluster_id)
        if event.kind in PLACING and event.article_id:
            self.articles.add(event.article_id)

    def restore(self, embargoed: Iterable[str]) -> None:
        """Go on from the ids of the articles and clusters that readers may not see, as they were noted."""
        noted = set(embargoed)
        self.clusters = {public_id for public_id in noted if public_id.startswith(_CLUSTER)}
        self.articles = noted - self.clusters

    def noted(self) -> list[str]:
        """Return the ids of both, to `restore` from."""
        return sorted(self.articles | self.clusters)

    def checksum(self) -> bytes:
        """Return a digest of both."""
        return hashlib.sha256(",".join([*sorted(self.articles), "", *sorted(self.clusters)]).encode()).digest()
