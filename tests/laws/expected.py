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
from dedupe.store.answers import ClusterRow
from dedupe.store.records import Change, Replayed, StoredArticle

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Expected:
    """The state that follows from ``changes``."""

    changes: Sequence[Change]
    is_unveiled: bool = False

    def __post_init__(self) -> None:
        self.articles: dict[str, StoredArticle] = {}
        self.placed: dict[str, int] = {}
        self.identities: dict[bytes, str] = {}
        self.merged: dict[str, str] = {}
        self.touched: dict[str, Event] = {}
        self.updated: dict[str, Event] = {}
        self.opened: dict[str, Event] = {}
        for change in self.changes:
            self._touch(change.event)
            self._step(change)

    def _touch(self, event: Event) -> None:
        for cluster_id in filter(None, (event.cluster_id, event.from_cluster_id)):
            self.opened.setdefault(cluster_id, event)
            self.touched[cluster_id] = event
            if not event.hidden:
                self.updated[cluster_id] = event

    def _step(self, change: Change) -> None:
        event = change.event
        if change.stored is not None:
            self._place(change, change.stored)
        elif event.kind is EventKind.WITHDRAWN:
            self._withdraw(event.article_id)
        elif event.unites:
            self._merge(event)
        elif event.regroups:
            self._regroup(event)
        else:
            hidden = event.kind is EventKind.WITHHELD
            self.articles[event.article_id] = replace(self.articles[event.article_id], hidden=hidden)
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
        self.articles[article_id] = replace(
            self.articles[article_id], article=None, content_digest=b"", top_terms=(), hidden=False, lead=""
        )
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

    def shown(self) -> list[str]:
        return [i for i in self.live() if self.is_unveiled or not self.articles[i].hidden]

    def veiled(self, stored: StoredArticle) -> StoredArticle:
        """Return what is shown of an article."""
        said = stored.assignment
        copied, rival = said.duplicate_of, said.runner_up
        if self.is_unveiled:
            return stored
        is_hidden = copied is not None and self.articles[copied.article_id].hidden
        is_unknown = rival is not None and rival.cluster_id in self.opened and rival.cluster_id not in self.updated
        also_in = tuple(c for c in said.also_in if c not in self.opened or c in self.updated)
        said = replace(said, duplicate_of=None if is_hidden else copied, also_in=also_in)
        return replace(stored, assignment=replace(said, runner_up=None if is_unknown else rival))

    def veiled_event(self, event: Event) -> Event:
        """Return what is told of an event."""
        if self.is_unveiled:
            return event
        hidden = {i for i, stored in self.articles.items() if stored.hidden}
        unknown = self.opened.keys() - self.updated.keys()
        detail = dict(event.detail)
        detail |= {
            name: [i for i in detail[name] if i not in hidden]
            for name in detail.keys() & {"articles", "bound", "others", "unlinked"}
        }
        if "features" in detail and compared(event) in unknown:
            for name in detail.keys() & {"features", "model", "nearest", "considered", "runner_up"}:
                del detail[name]
        if detail.get("nearest") in hidden:
            del detail["nearest"]
        if detail.get("duplicate_of", {}).get("article_id") in hidden:
            del detail["duplicate_of"]
        if detail.get("runner_up", {}).get("cluster_id") in unknown:
            del detail["runner_up"]
        if "also_in" in detail:
            detail["also_in"] = [c for c in detail["also_in"] if c not in unknown]
        return replace(event, article_id=None if event.article_id in hidden else event.article_id, detail=detail)

    def told(self) -> list[Event]:
        """Return the events that are told."""
        return [change.event for change in self.changes if self.is_unveiled or not change.event.hidden]

    def survivor(self, cluster_id: str) -> str | None:
        if cluster_id not in self.merged:
            return None
        return self.survivor(self.merged[cluster_id]) or self.merged[cluster_id]

    def members(self, cluster_id: str) -> list[StoredArticle]:
        """Return members, oldest first, equals in order of arrival."""
        inside = [self.articles[i] for i in self.shown() if self.articles[i].assignment.cluster_id == cluster_id]
        return sorted(inside, key=seen)

    def round_ups(self, cluster_id: str) -> list[StoredArticle]:
        """Return the articles of other clusters that tell of one, or of one that is part of it by now."""
        names = {name for name in self.opened if (self.survivor(name) or name) == cluster_id} | {cluster_id}
        told = [self.articles[i] for i in self.shown() if names.intersection(self.articles[i].assignment.also_in)]
        return sorted((stored for stored in told if stored.assignment.cluster_id != cluster_id), key=seen)

    def row(self, cluster_id: str) -> ClusterRow:
        members = self.members(cluster_id)
        event = self.updated.get(cluster_id) or replace(self.opened[cluster_id], seq=0)
        if any(member.hidden for member in members):
            event = self.touched[cluster_id]
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
            headline=first.article.title or first.lead,
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
        events = self.told()
        first = next((event for event in events if event.cluster_id == cluster_id), None)
        placing = {EventKind.OPENED, EventKind.JOINED, EventKind.COPIED, EventKind.REVISED}
        return [
            self.veiled_event(event)
            for event in events
            if event is first
            or event.from_cluster_id == cluster_id
            or (event.cluster_id == cluster_id and event.kind not in placing)
        ]

    def constraints(self) -> list[Constraint]:
        events = [change.event for change in self.changes]
        undone = {seq: event.seq for event in events for seq in event.detail.get("lifts", ())}
        told = [event for event in self.told() if "rule" in event.detail]
        return [Constraint(event=self.veiled_event(e), undone_by=undone.get(e.seq)) for e in told]

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


def compared(event: Event) -> str:
    rival = event.detail.get("runner_up", {}).get("cluster_id")
    return rival if event.kind is EventKind.OPENED and rival else event.detail.get("considered", event.cluster_id)


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
