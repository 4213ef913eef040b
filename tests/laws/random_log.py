"""Writes valid logs of every kind of event, reproducibly, without any of the engine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from dedupe import ids
from dedupe.article import Article, PubStatus
from dedupe.events import STANDING, Assignment, Decision, DuplicateOf, Event, EventKind, RunnerUp
from dedupe.store.records import Change, StoredArticle, VocabularySnapshot
from dedupe.text.lead import lead
from dedupe.text.page import read_page

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
WORDS = [
    "harbour",
    "strike",
    "vote",
    "Zürich",
    "flood",
    "minister",
    "café",
    "東京",
    "選挙",
    "Ångström",
    "match",
    "budget",
    "storm",
    "42",
    "переговоры",
]
SOURCES = (None, "Herald", "Courier", "Gazette", "Wire", "日報", "a'b\"%_")
LANGUAGES = ("en", "de", "ja")


@dataclass
class Known:
    """What the writer of the log must know of an article to stay valid."""

    cluster_id: str
    group: str | None
    revision: int = 1
    hidden: bool = False


@dataclass
class RandomLog:
    """A source of changes; each follows from the ones before."""

    seed: int
    live: dict[str, Known] = field(default_factory=dict)
    clusters: set[str] = field(default_factory=set)
    published: set[str] = field(default_factory=set)
    seq: int = 0
    now: datetime = START
    embargoed: float = 0.0
    round_ups: float = 0.2

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def changes(self, count: int) -> list[Change]:
        """Return the next ``count`` changes."""
        return [self.change() for _ in range(count)]

    def groups(self, count: int, largest: int = 12) -> Iterator[list[Change]]:
        """Yield the next ``count`` changes in groups as the engine would commit them."""
        while count > 0:
            size = min(count, self.rng.randint(1, largest))
            yield self.changes(size)
            count -= size

    def change(self) -> Change:
        """Return the next change."""
        self.seq += 1
        self.now += timedelta(seconds=self.rng.choice((0, 1, 60, 4_000)))
        kinds = [EventKind.OPENED]
        if self.live:
            kinds += [EventKind.OPENED] * 3 + [EventKind.JOINED] * 8 + [EventKind.COPIED] * 6
            kinds += [EventKind.REVISED] * 3 + [EventKind.WITHDRAWN] * 2
            if self.embargoed:
                kinds += [EventKind.WITHHELD] * self._has(hidden=False)
            kinds += [EventKind.RELEASED] * self._has(hidden=True) * 2
        if len(self.clusters) > 1:
            kinds += [EventKind.MERGED] * 2
        kinds += [EventKind.SPLIT] * bool(self._crowded())
        kind = self.rng.choice(kinds)
        if kind is EventKind.MERGED:
            return self._merge()
        if kind is EventKind.SPLIT:
            return self._split()
        if kind is EventKind.WITHDRAWN:
            return self._withdraw()
        if kind in STANDING:
            return self._change_standing(kind)
        return self._place(kind)

    def _place(self, kind: EventKind) -> Change:
        is_revision = kind is EventKind.REVISED
        article_id = self._pick() if is_revision else ids.encode("art", self.rng.getrandbits(64))
        before = self.live.get(article_id)
        original = self._original(kind, article_id)
        cluster_id = self._target(kind, before, original)
        group = None
        if original is not None:
            group = self.live[original].group or f"dup_{self.seq:013d}"
            self.live[original].group = group
        hidden = before.hidden if before else self.rng.random() < self.embargoed
        known = Known(cluster_id, group, before.revision + 1 if before else 1, hidden)
        self.live[article_id] = known
        self.clusters.add(cluster_id)
        self._dissolve(before.group if before else None)
        article = self._article(article_id)
        moved_from = before.cluster_id if before and before.cluster_id != cluster_id else None
        stored = StoredArticle(
            article_id=article_id,
            article=article,
            received_at=self.now,
            revision=known.revision,
            language=self.rng.choice(LANGUAGES),
            assignment=self._assignment(article_id, cluster_id, group, original, kind),
            content_digest=article.content_digest,
            top_terms=tuple(self.rng.sample(WORDS, self.rng.randint(0, 6))),
            hidden=hidden,
            lead="" if article.title else lead(read_page("", article.text), article.text),
        )
        event = self._event(kind, article_id, cluster_id, moved_from, hidden=hidden)
        return Change(event=event, stored=stored, identities=article.identities, vocabulary=self._vocabulary())

    def _original(self, kind: EventKind, article_id: str) -> str | None:
        others = sorted(self.live.keys() - {article_id})
        if others and (kind is EventKind.COPIED or (kind is EventKind.REVISED and self.rng.random() < 0.3)):
            return self.rng.choice(others)
        return None

    def _target(self, kind: EventKind, before: Known | None, original: str | None) -> str:
        new = ids.encode("clu", self.rng.getrandbits(64))
        if kind is EventKind.OPENED:
            return new
        if original is not None and self.rng.random() < 0.8:
            return self.live[original].cluster_id
        if before is not None:
            return self.rng.choice((before.cluster_id, before.cluster_id, new, self._cluster()))
        return self._cluster()

    def _withdraw(self) -> Change:
        article_id = self._pick()
        known = self.live.pop(article_id)
        self._dissolve(known.group)
        event = self._event(EventKind.WITHDRAWN, article_id, known.cluster_id, None, hidden=known.hidden)
        return Change(event=event)

    def _change_standing(self, kind: EventKind) -> Change:
        is_release = kind is EventKind.RELEASED
        article_id = self.rng.choice(sorted(i for i, known in self.live.items() if known.hidden is is_release))
        self.live[article_id].hidden = not is_release
        return Change(event=self._event(kind, article_id, self.live[article_id].cluster_id, None))

    def _has(self, *, hidden: bool) -> bool:
        return any(known.hidden is hidden for known in self.live.values())

    def _merge(self) -> Change:
        absorbed, survivor = self.rng.sample(sorted(self.clusters), 2)
        self.clusters.remove(absorbed)
        for known in self.live.values():
            if known.cluster_id == absorbed:
                known.cluster_id = survivor
        hidden = absorbed not in self.published
        return Change(event=self._event(EventKind.MERGED, None, survivor, absorbed, hidden=hidden))

    def _split(self) -> Change:
        source = self.rng.choice(self._crowded())
        members = sorted(article_id for article_id, known in self.live.items() if known.cluster_id == source)
        leaving = self.rng.sample(members, self.rng.randint(1, len(members) - 1))
        founded = ids.encode("clu", self.rng.getrandbits(64))
        self.clusters.add(founded)
        for article_id in leaving:
            self.live[article_id].cluster_id = founded
        hidden = all(self.live[article_id].hidden for article_id in leaving)
        event = self._event(EventKind.SPLIT, None, founded, source, hidden=hidden)
        return Change(event=replace(event, detail={"articles": leaving, "founded": True}))

    def _crowded(self) -> list[str]:
        """Return the clusters that hold more than one article."""
        sizes = Counter(known.cluster_id for known in self.live.values())
        return sorted(cluster_id for cluster_id, size in sizes.items() if size > 1)

    def _dissolve(self, group: str | None) -> None:
        left = [known for known in self.live.values() if group is not None and known.group == group]
        if len(left) == 1:
            left[0].group = None

    def _pick(self) -> str:
        return self.rng.choice(sorted(self.live))

    def _cluster(self) -> str:
        return self.rng.choice(sorted(self.clusters))

    def _event(
        self, kind: EventKind, article_id: str | None, cluster_id: str, moved_from: str | None, *, hidden: bool = False
    ) -> Event:
        if not hidden:
            self.published |= {cluster_id, moved_from or cluster_id}
        return Event(
            seq=self.seq,
            at=self.now,
            kind=kind,
            article_id=article_id,
            cluster_id=cluster_id,
            from_cluster_id=moved_from,
            detail={"confidence": self.rng.random(), "features": {"title": 0.5, "gap": None}},
            hidden=hidden,
        )

    def _article(self, article_id: str) -> Article:
        rng = self.rng
        return Article(
            title=" ".join(rng.choices(WORDS, k=rng.randint(1, 5))) if rng.random() < 0.8 else "",
            text=" ".join(rng.choices(WORDS, k=rng.randint(1, 60))),
            source=rng.choice(SOURCES),
            uri=f"{article_id}/{rng.randint(1, 2)}",
            url=f"https://example.org/{rng.randint(1, 40)}" if rng.random() < 0.5 else None,
            published_at=self._published_at(),
            language=rng.choice((None, "en-GB")),
            version=rng.choice((None, "2")),
            authors=tuple(rng.sample(("A. Writer", "B. Éditeur"), rng.randint(0, 2))),
            pub_status=rng.choice(tuple(PubStatus)),
            embargoed_until=rng.choice((None, START + timedelta(days=3))),
        )

    def _published_at(self) -> datetime | None:
        implausible = (None, datetime(1970, 1, 1, tzinfo=UTC), self.now + timedelta(days=400))
        plausible = [self.now - timedelta(hours=self.rng.randint(0, 5)) for _ in range(8)]
        return self.rng.choice((*implausible, START, *plausible))

    def _assignment(
        self, article_id: str, cluster_id: str, group: str | None, original: str | None, kind: EventKind
    ) -> Assignment:
        return Assignment(
            article_id=article_id,
            cluster_id=cluster_id,
            duplicate_group_id=group,
            decision=Decision(kind.value),
            duplicate_of=DuplicateOf(article_id=original, jaccard=0.41, containment=0.87) if original else None,
            confidence=self.rng.random(),
            runner_up=RunnerUp(cluster_id=cluster_id, confidence=0.125) if self.rng.random() < 0.5 else None,
            also_in=self._also_in(cluster_id),
            seq=self.seq,
            notices=("a notice",) if self.rng.random() < 0.1 else (),
        )

    def _also_in(self, cluster_id: str) -> tuple[str, ...]:
        others = sorted(self.clusters - {cluster_id})
        return tuple(self.rng.sample(others, min(2, len(others)))) if self.rng.random() < self.round_ups else ()

    def _vocabulary(self) -> VocabularySnapshot | None:
        if self.rng.random() < 0.9:
            return None
        terms = self.rng.randbytes(8 * 5)
        return VocabularySnapshot(seq=self.seq, language="en", articles=self.seq, terms=terms, counts=bytes(4 * 5))
