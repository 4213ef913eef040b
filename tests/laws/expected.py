"""What a store must show after a log, worked out anew from the whole log, in the plainest way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dedupe.article import Article
from dedupe.constraints import Constraint
from dedupe.events import Event, EventKind
from dedupe.store.protocol import Change, ClusterRow, Replayed, StoredArticle

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Expected:
    """The state that follows from ``changes``."""

    changes: Sequence[Change]

    def __post_init__(self) -> None:
        self.articles: dict[str, StoredArticle] = {}
        self.placed: dict[str, int] = {}
        self.identities: dict[bytes, str] = {}
        self.merged: dict[str, str] = {}
        self.touched: dict[str, Event] = {}
        for change in self.changes:
            self._step(change)

    def _step(self, change: Change) -> None:
        event = change.event
        self.touched[event.cluster_id] = event
        if event.from_cluster_id:
            self.touched[event.from_cluster_id] = event
        if change.stored is not None:
            self._place(change, change.stored)
        elif event.kind is EventKind.WITHDRAWN:
            self._withdraw(event.article_id)
        elif event.unites:
            self._merge(event)
        else:
            self._regroup(event)
        sizes = Counter(self.articles[i].assignment.duplicate_group_id for i in self.live())
        for article_id in self.live():
            group = self.articles[article_id].assignment.duplicate_group_id
            if group is not None and sizes[group] == 1:
                self._set(article_id, duplicate_group_id=None, duplicate_of=None)

    def _place(self, change: Change, stored: StoredArticle) -> None:
        self.articles[stored.article_id] = stored
        self.placed[stored.article_id] = change.event.seq
        for digest in change.identities:
            self.identities.setdefault(digest, stored.article_id)
        copied = stored.assignment.duplicate_of
        if copied and self.articles[copied.article_id].assignment.duplicate_group_id is None:
            self._set(copied.article_id, duplicate_group_id=stored.assignment.duplicate_group_id)

    def _withdraw(self, article_id: str) -> None:
        self.articles[article_id] = replace(self.articles[article_id], article=None, content_digest=b"", top_terms=())
        self._set(article_id, duplicate_group_id=None, duplicate_of=None)
        self.identities = {digest: known for digest, known in self.identities.items() if known != article_id}

    def _merge(self, event: Event) -> None:
        self.merged[event.from_cluster_id] = event.cluster_id
        for article_id in self.live():
            if self.articles[article_id].assignment.cluster_id == event.from_cluster_id:
                self._set(article_id, cluster_id=event.cluster_id)

    def _regroup(self, event: Event) -> None:
        for article_id in event.detail.get("articles", ()):
            self._set(article_id, cluster_id=event.cluster_id)
        for article_id in event.detail.get("unlinked", ()):
            self._set(article_id, duplicate_group_id=None, duplicate_of=None)

    def _set(self, article_id: str, **changed: object) -> None:
        stored = self.articles[article_id]
        self.articles[article_id] = replace(stored, assignment=replace(stored.assignment, **changed))

    def live(self) -> list[str]:
        return [article_id for article_id, stored in self.articles.items() if stored.article is not None]

    def survivor(self, cluster_id: str) -> str | None:
        if cluster_id not in self.merged:
            return None
        return self.survivor(self.merged[cluster_id]) or self.merged[cluster_id]

    def members(self, cluster_id: str) -> list[StoredArticle]:
        """Return members, oldest first, equals in order of arrival."""
        inside = [self.articles[i] for i in self.live() if self.articles[i].assignment.cluster_id == cluster_id]
        return sorted(inside, key=seen)

    def row(self, cluster_id: str) -> ClusterRow:
        members, event = self.members(cluster_id), self.touched[cluster_id]
        survivor = self.survivor(cluster_id)
        if not members:
            return ClusterRow(
                cluster_id=cluster_id, headline="", representative_id="", language="", size=0, source_count=0,
                independent_count=0, first_seen=event.at, last_seen=event.at, updated_at=event.at,
                updated_seq=event.seq, heat=0.0, merged_into=survivor,
            )  # fmt: skip
        titled = [m for m in members if m.article.title and m.assignment.duplicate_of is None]
        first = (titled or members)[0]
        sources = Counter(m.article.source for m in members if m.article.source)
        terms = Counter(term for m in members for term in m.top_terms)
        groups = [m.assignment.duplicate_group_id for m in members]
        return ClusterRow(
            cluster_id=cluster_id,
            headline=first.article.title or first.article.text[:120].strip(),
            representative_id=first.article_id,
            language=first.language,
            size=len(members),
            source_count=len(sources),
            independent_count=groups.count(None) + len(set(groups) - {None}),
            first_seen=min(map(seen, members)),
            last_seen=max(map(seen, members)),
            updated_at=event.at,
            updated_seq=event.seq,
            heat=heat([m.received_at for m in members]),
            sources=ordered(sources)[:20],
            top_terms=ordered(terms)[:10],
            merged_into=survivor,
        )

    def lineage(self, cluster_id: str) -> list[Event]:
        events = [change.event for change in self.changes]
        first = next(event for event in events if event.cluster_id == cluster_id)
        placing = {EventKind.OPENED, EventKind.JOINED, EventKind.COPIED, EventKind.REVISED}
        return [
            event
            for event in events
            if event is first
            or event.from_cluster_id == cluster_id
            or (event.cluster_id == cluster_id and event.kind not in placing)
        ]

    def constraints(self) -> list[Constraint]:
        events = [change.event for change in self.changes]
        undone = {seq: event.seq for event in events for seq in event.detail.get("lifts", ())}
        return [Constraint(event=e, undone_by=undone.get(e.seq)) for e in events if "rule" in e.detail]

    def replayed(self) -> list[Replayed]:
        return [self._replayed(change) for change in self.changes]

    def _replayed(self, change: Change) -> Replayed:
        event = change.event
        article: Article | None = None
        language = None
        if change.stored is not None and self.placed[event.article_id] == event.seq:
            article = self.articles[event.article_id].article
            language = change.stored.language if article else None
        revision = change.stored.revision if article else 0
        return Replayed(
            event=event, article=article, language=language, vocabulary=change.vocabulary, revision=revision
        )


def seen(stored: StoredArticle) -> datetime:
    published = stored.article.published_at
    if published is None or published.year < 1971:
        return stored.received_at
    return stored.received_at if published > stored.received_at + timedelta(minutes=5) else published


def heat(times: Sequence[datetime]) -> float:
    half_lives = [(moment - EPOCH) / timedelta(hours=6) for moment in times]
    last = max(half_lives)
    return last + math.log2(math.fsum(2.0 ** (h - last) for h in half_lives))


def ordered(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
