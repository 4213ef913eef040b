"""What readers see of the store of plain dictionaries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from dedupe.errors import UnknownArticle
from dedupe.store import selection
from dedupe.store.answers import ClusterRow, Hour, Page, Titled, Totals
from dedupe.store.memory_history import MemoryCluster, MemoryHistory
from dedupe.store.queries import ClusterFilter, ClusterSort, TitleQuery
from dedupe.store.records import StoredArticle
from dedupe.store.selection import SORT_KEYS, after_cursor, page, passes
from dedupe.store.summary import Summary
from dedupe.store.times import HOUR_US, microseconds


class MemoryCatalogue(MemoryHistory):
    """A `Catalogue` of a `MemoryStore`."""

    @property
    def unveiled(self) -> MemoryCatalogue:
        """The same for those who may see embargoed articles."""
        return self._store

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        with self._store._lock:
            stored = self._store._articles.get(article_id)
            if stored is None or not self._may_show(stored):
                raise UnknownArticle(article_id)
            return self._veil().article(stored)

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster; raise `UnknownCluster`."""
        with self._store._lock:
            return self._row(cluster_id, self._known(cluster_id))

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that have articles and pass the filter."""
        with self._store._lock:
            rows = [
                (SORT_KEYS[sort](row), cluster.ordinal, row)
                for cluster_id, cluster in self._store._clusters.items()
                if passes(row := self._row(cluster_id, cluster), self._members(cluster), which)
            ]
        scope = ("clusters", which, sort)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=True), limit)

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        with self._store._lock:
            members, veil = self._members(self._known(cluster_id)), self._veil()
            rows = [(one.seen_us, one.ordinal, veil.article(self._store._articles[one.article_id])) for one in members]
        scope = ("members", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def round_ups(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List the articles of other clusters that tell of one, too; raise `UnknownCluster`."""
        with self._store._lock:
            self._known(cluster_id)
            clusters, veil = self._store._clusters, self._veil()
            names = {cluster_id, *(name for name, one in clusters.items() if one.merged_into == cluster_id)}
            others = [one for name, one in clusters.items() if name != cluster_id]
            told = [one for other in others for one in self._members(other) if self._tells_of(one.article_id, names)]
            rows = [(one.seen_us, one.ordinal, veil.article(self._store._articles[one.article_id])) for one in told]
        scope = ("round-ups", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def hours(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Hour]:
        """List the hours in which a cluster's articles were first seen, oldest first; raise `UnknownCluster`."""
        with self._store._lock:
            rows = selection.by_the_hour(self._members(self._known(cluster_id)))
        scope = ("hours", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def growth(self, since: Mapping[str, datetime]) -> Mapping[str, Sequence[Hour]]:
        """Return the hours of several clusters, each from the hour of a moment on."""
        found = {}
        with self._store._lock:
            for cluster_id in since.keys() & self._store._clusters.keys():
                members = self._members(self._store._clusters[cluster_id])
                rows = sorted(selection.by_the_hour(members), key=itemgetter(0))
                first = microseconds(since[cluster_id]) // HOUR_US
                found[cluster_id] = [hour for number, _, hour in rows if number >= first]
        return {cluster_id: hours for cluster_id, hours in found.items() if hours}

    def titled(self, which: TitleQuery, before: int | None) -> Titled:
        """Find articles by their titles among those that represent their clusters."""
        with self._store._lock:
            veil = self._veil()
            found = selection.titled(self._store._articles.values(), self._store._ordinals, which, before)
            shown = [(number, veil.article(stored)) for number, stored in found if self._may_show(stored)]
            rows = [self._row(cluster_id, known) for cluster_id, known in self._store._clusters.items()]
        return selection.found_titles(
            selection.representing(shown, rows, which), [number for number, _ in found], which
        )

    def totals(self) -> Totals:
        """Count what there is."""
        with self._store._lock:
            there = [stored for stored in self._store._articles.values() if stored.article and self._may_show(stored)]
            groups = {stored.assignment.duplicate_group_id for stored in there} - {None}
            clusters = sum(bool(self._members(cluster)) for cluster in self._store._clusters.values())
            last_seq = len(self._store._events)
        return Totals(articles=len(there), clusters=clusters, duplicate_groups=len(groups), last_seq=last_seq)

    def backed_up_at(self) -> datetime | None:
        """Return None: there is nothing to copy."""

    def _tells_of(self, article_id: str, names: Collection[str]) -> bool:
        return any(name in names for name in self._store._articles[article_id].assignment.also_in)

    def _row(self, cluster_id: str, cluster: MemoryCluster) -> ClusterRow:
        members = self._members(cluster)
        if any(member.hidden for member in members):
            return Summary.of(members).row(cluster_id, cluster.touched_at, cluster.touched_seq, cluster.merged_into)
        return Summary.of(members).row(cluster_id, cluster.updated_at, cluster.updated_seq, cluster.merged_into)
