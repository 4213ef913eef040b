"""What the engine and its store hold, as the JSON values that `schemas` describes.

Plain dictionaries, since building and checking a model for every answer would cost more than deciding does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.problems import Problem
from api.schemas import ChangeOut, ClusterOut
from dedupe.events import Assignment, Event
from dedupe.store.protocol import ClusterRow, StoredArticle, Totals
from dedupe.store.velocity import velocity


def assignment_json(assignment: Assignment) -> dict[str, Any]:
    """Return an assignment as JSON values."""
    return {
        "article_id": assignment.article_id,
        "cluster_id": assignment.cluster_id,
        "duplicate_group_id": assignment.duplicate_group_id,
        "decision": assignment.decision,
        "duplicate_of": assignment.duplicate_of,
        "confidence": assignment.confidence,
        "runner_up": assignment.runner_up,
        "also_in": assignment.also_in,
        "seq": assignment.seq,
        "notices": assignment.notices,
    }


def article_json(stored: StoredArticle) -> dict[str, Any]:
    """Return an article that was not taken down as JSON values."""
    article = stored.article
    if article is None:
        raise Problem(410, "withdrawn_article", f"the article {stored.article_id!r} was taken down")
    return {
        "article_id": stored.article_id,
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "uri": article.uri,
        "url": article.url,
        "published_at": article.published_at,
        "received_at": stored.received_at,
        "language": stored.language,
        "version": article.version,
        "authors": article.authors,
        "pub_status": article.pub_status,
        "embargoed_until": article.embargoed_until,
        "revision": stored.revision,
        "top_terms": stored.top_terms,
        "assignment": assignment_json(stored.assignment),
    }


def cluster_json(row: ClusterRow, now: datetime) -> dict[str, Any]:
    """Return a cluster as JSON values, its velocity as of ``now``."""
    fields = ClusterOut.model_fields.keys() - {"velocity"}
    return {field: getattr(row, field) for field in ClusterOut.model_fields if field in fields} | {
        "velocity": round(velocity(row.heat, now), 3)
    }


def change_json(event: Event) -> dict[str, Any]:
    """Return an event as JSON values; its reasons stay with the article."""
    return {field: getattr(event, field) for field in ChangeOut.model_fields}


def totals_json(totals: Totals) -> dict[str, Any]:
    """Return the totals as JSON values."""
    return {
        "status": "ready",
        "articles": totals.articles,
        "clusters": totals.clusters,
        "duplicate_groups": totals.duplicate_groups,
        "last_seq": totals.last_seq,
    }
