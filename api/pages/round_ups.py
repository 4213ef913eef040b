"""What else a round-up tells of, as its pages name it."""

from __future__ import annotations

from collections.abc import Iterable

from api.pages.visit import Visit
from api.views.members import Elsewhere
from dedupe.store.records import StoredArticle


def elsewhere(visit: Visit, stored: StoredArticle) -> Iterable[Elsewhere]:
    """Return the clusters besides its own that a round-up tells of, as they are now."""
    rows = {}
    for cluster_id in stored.assignment.also_in:
        row = visit.catalogue.cluster(cluster_id)
        row = visit.catalogue.cluster(row.merged_into) if row.merged_into else row
        if row.size and row.cluster_id != stored.assignment.cluster_id:
            rows[row.cluster_id] = row
    return [Elsewhere(cluster_id=row.cluster_id, headline=row.headline, language=row.language) for row in rows.values()]
