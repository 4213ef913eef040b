"""A random log with an editor's decisions in it, valid but senseless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dedupe import ids
from dedupe.events import Event, EventKind
from dedupe.store.records import Change
from tests.laws.random_log import RandomLog


@dataclass
class EditedLog(RandomLog):
    """As `RandomLog`, where every fourth change or so is an editor's."""

    in_force: list[int] = field(default_factory=list)

    def groups(self, count: int, largest: int = 12) -> Iterator[list[Change]]:
        """Yield the next changes in groups as the engine would commit them: a decision is one of its own."""
        group: list[Change] = []
        for change in self.changes(count):
            is_alone = change.event.is_editorial
            if group and (is_alone or len(group) >= self.rng.randint(1, largest)):
                yield group
                group = []
            group.append(change)
            if is_alone:
                yield group
                group = []
        if group:
            yield group

    def change(self) -> Change:
        """Return the next change."""
        if len(self.live) < 6 or self.rng.random() > 0.25:
            return super().change()
        self.seq += 1
        return Change(event=self._decision())

    def _decision(self) -> Event:
        kind = self.rng.choice((EventKind.MOVED, EventKind.SPLIT, EventKind.CONSTRAINED, EventKind.UNDONE))
        first = self.live[self._pick()]
        source, inside = first.cluster_id, self._inside(first.cluster_id)
        detail: dict[str, Any] = {"actor": self.rng.choice(("Ada", "Bén")), "note": self.rng.choice((None, "why"))}
        if kind is EventKind.UNDONE and self.in_force:
            detail["undoes"] = self.rng.choice(self.in_force)
            detail["lifts"] = [detail["undoes"]]
            self.in_force.remove(detail["undoes"])
        elif kind is not EventKind.UNDONE:
            detail |= {"rule": "pin", "bound": inside[:1], "others": inside[1:]}
            self.in_force.append(self.seq)
        if self.rng.random() < 0.3:
            return self._said(kind, source, None, detail)
        return self._moving(kind, source, inside, detail)

    def _moving(self, kind: EventKind, source: str, inside: list[str], detail: dict[str, Any]) -> Event:
        leaving = self.rng.sample(inside, self.rng.randint(1, len(inside)))
        others = sorted(self.clusters - {source})
        target = self.rng.choice([ids.encode("clu", self.rng.getrandbits(64)), *others[:3]])
        detail["articles"] = leaving
        if target in self.clusters and len(leaving) == len(inside) and self.rng.random() < 0.7:
            detail["united"] = True
            self.clusters.remove(source)
        elif len(leaving) == 1 and (group := self.live[leaving[0]].group):
            detail["unlinked"] = leaving
            self.live[leaving[0]].group = None
            self._dissolve(group)
        self.clusters.add(target)
        for article_id in leaving:
            self.live[article_id].cluster_id = target
        return self._said(kind, target, source, detail)

    def _said(self, kind: EventKind, cluster_id: str, source: str | None, detail: dict[str, Any]) -> Event:
        moved = detail.get("articles", ())
        hidden = bool(moved) and all(self.live[article_id].hidden for article_id in moved)
        if "united" in detail:
            hidden = source not in self.published
        if not hidden:
            self.published.add(cluster_id)
        return Event(
            seq=self.seq,
            at=self.now,
            kind=kind,
            article_id=None,
            cluster_id=cluster_id,
            from_cluster_id=source,
            detail=detail,
            hidden=hidden,
        )

    def _inside(self, cluster_id: str) -> list[str]:
        return [article_id for article_id, known in self.live.items() if known.cluster_id == cluster_id]
