"""What the engine and the service ask of storage, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from dedupe.constraints import Constraint
from dedupe.events import Decision, Event
from dedupe.store.answers import ClusterRow, Hour, Page, Titled, Totals
from dedupe.store.queries import ALL_CHANGES, ChangeFilter, ClusterFilter, ClusterSort, TitleQuery
from dedupe.store.records import Change, LogPosition, Replayed, StoredArticle, VocabularySnapshot


class IndexPlace(Protocol):
    """Where a snapshot of a store's index is kept; see `dedupe.store.index_file`."""

    @property
    def path(self) -> Path:
        """Where the file lies, if there is one."""
        ...

    @property
    def erasures(self) -> int:
        """How often a text was erased since the store was opened."""
        ...

    def position(self, seq: int) -> LogPosition | None:
        """Return what tells the log up to an event from every other; None when it does not reach as far."""
        ...

    def leads_on(self, seq: int) -> bool:
        """Return whether the index follows from what it was after an event and the events since."""
        ...

    def writing(self) -> AbstractContextManager[BinaryIO]:
        """Give a file to write that nobody finds before `publish`; raise OSError."""
        ...

    def publish(self, erasures: int) -> bool:
        """Put what was written in the place of the snapshot, unless a text was erased since there were ``erasures``."""
        ...

    def remove(self) -> None:
        """Remove the snapshot, durably; raise `StoreUnavailable` when it stays."""
        ...

    def settle(self) -> None:
        """See that the file is found after a power cut, too; raise OSError."""
        ...


class Store(Protocol):
    """The log and its rows, as the engine uses them: one writer at a time.

    A store that does not keep articles is not given any: `Change.stored` is None there.
    """

    @property
    def keeps_articles(self) -> bool:
        """Whether articles can be asked for again."""
        ...

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 for an empty log."""
        ...

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        """Return the article id recognised by each digest that is known."""
        ...

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`. A taken-down one has ``article=None``."""
        ...

    def due(self, at: datetime, limit: int) -> Sequence[StoredArticle]:
        """Return up to ``limit`` articles whose embargo ended at or before ``at``, the earliest first."""
        ...

    def commit(self, changes: Sequence[Change]) -> None:
        """Write all changes in one transaction, durable on return; raise `StoreError` having written none."""
        ...

    def replay(self, after: int = 0) -> Iterator[Replayed]:
        """Yield what leads from the state after event ``after`` to the present one: the whole log for 0.

        Another ``after`` must be one from which the log `IndexPlace.leads_on`.
        """
        ...

    @property
    def index_file(self) -> IndexPlace | None:
        """Where a snapshot of the index is kept; None where none is."""
        ...

    def check_writable(self) -> None:
        """Raise `StoreUnavailable` when a commit would fail now."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


class Catalogue(Protocol):
    """What readers ask: consistent reads beside the writer. Pages are found by key, never by offset.

    It shows nothing of embargoed articles, as if they were not there: not in lists, counts, headlines,
    searches or changes. What is `unveiled` does.
    """

    @property
    def unveiled(self) -> Catalogue:
        """The same for those who may see embargoed articles."""
        ...

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        ...

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster, a merged one with the final survivor in ``merged_into``; raise `UnknownCluster`."""
        ...

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that are not merged away; raise `InvalidQuery` for a cursor of another list."""
        ...

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        ...

    def round_ups(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List the articles of other clusters that tell of one, too, oldest first; raise `UnknownCluster`."""
        ...

    def hours(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Hour]:
        """List the hours in which a cluster's articles were first seen, oldest first; raise `UnknownCluster`."""
        ...

    def growth(self, since: Mapping[str, datetime]) -> Mapping[str, Sequence[Hour]]:
        """Return the hours of several clusters, oldest first, each from the hour of a moment on.

        Clusters that are not known, or have none, are left out.
        """
        ...

    def changes(self, after: int, limit: int, which: ChangeFilter = ALL_CHANGES) -> Sequence[Event]:
        """Return up to ``limit`` of the events asked for with ``seq > after``, in order."""
        ...

    def event(self, seq: int) -> Event:
        """Return an event that is known to be in the log by its number, whoever was told of it."""
        ...

    def lineage(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Event]:
        """List what happened to a cluster, merged away or not, oldest first; raise `UnknownCluster`.

        That is how it was founded, and every later event that names it but for those that placed an
        article in it, which `arrival_counts` counts.
        """
        ...

    def arrival_counts(self, cluster_id: str) -> Mapping[Decision, int]:
        """Count the articles that are in a cluster by how they were placed; raise `UnknownCluster`."""
        ...

    def constraints(self, limit: int, cursor: str | None, *, in_force: bool = True) -> Page[Constraint]:
        """List editors' decisions, oldest first, those that were undone only when ``in_force`` is False."""
        ...

    def constraint(self, seq: int) -> Constraint:
        """Return one editor's decision; raise `UnknownConstraint`."""
        ...

    def titled(self, which: TitleQuery, before: int | None) -> Titled:
        """Find articles by their titles among those that represent their clusters, from before a number on."""
        ...

    def placing(self, article_id: str, seq: int) -> Event:
        """Return the event with the number ``seq``, as it placed an article if it activated a generation."""
        ...

    def vocabulary(self, language: str, before: int) -> VocabularySnapshot | None:
        """Return the newest snapshot of a language taken by an event with ``seq < before``, None where none was."""
        ...

    def totals(self) -> Totals:
        """Count what there is."""
        ...

    def backed_up_at(self) -> datetime | None:
        """Return when there was a backup last, None when that is not known."""
        ...
