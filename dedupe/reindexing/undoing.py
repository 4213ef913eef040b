"""A decision taken back in a generation that carried it out: what an undo does to the index in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from dedupe.correcting import takes_all
from dedupe.drafting import NEW, names_of, put_back
from dedupe.events import Event
from dedupe.reindexing.placing import Placer

ACTOR: Final = "storyfold reindex"
"""Who moved articles in a generation, so that editors' decisions hold in it and what was undone does not."""


def undoing_event(placer: Placer, decision: Event, at: datetime) -> Event | None:
    """Return the event that puts back what a decision moved, None where there is nothing to put back."""
    index = placer.index
    draft = put_back(index, decision)
    if draft.source is None:
        return None
    seq = index.seq + 1
    first = int(index.clusters.articles.bits[draft.slots[0]])
    detail: dict[str, Any] = {"actor": ACTOR, "note": None, "articles": names_of(index, draft.slots)}
    if takes_all(index, draft):
        detail["united"] = True
    return Event(
        seq=seq,
        at=at,
        kind=draft.kind,
        article_id=None,
        cluster_id=placer.founded(first, seq) if draft.cluster == NEW else index.cluster_id(draft.cluster),
        from_cluster_id=index.cluster_id(draft.source),
        detail=detail,
    )
