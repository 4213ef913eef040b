"""What the engine and its store hold, as the JSON values that `schemas` describes.

Plain dictionaries, since building and checking a model for every answer would cost more than deciding does.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from api.problems import Problem
from api.schemas import ChangeOut, ClusterOut, GenerationOut
from dedupe.constraints import Constraint
from dedupe.events import SWITCHING, Assignment, Event, EventKind
from dedupe.store.answers import ClusterRow, Totals
from dedupe.store.records import StoredArticle
from dedupe.store.velocity import velocity

_CLUSTER_FIELDS: Final = tuple(field for field in ClusterOut.model_fields if field != "velocity")
_of_cluster: Final = attrgetter(*_CLUSTER_FIELDS)  # lists render fifty rows: looking the fields up takes longer


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
        "headline": stored.headline,
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
    shown = dict(zip(_CLUSTER_FIELDS, _of_cluster(row), strict=True))
    shown["velocity"] = round(velocity(row.heat, now), 3)
    return shown


def change_json(event: Event) -> dict[str, Any]:
    """Return an event as JSON values; its reasons stay with the article."""
    fields = ChangeOut.model_fields.keys() - {"generation"}
    row = {field: getattr(event, field) for field in ChangeOut.model_fields if field in fields}
    return row | {"cluster_id": event.cluster_id or None, "generation": _generation(event)}


def _generation(event: Event) -> dict[str, Any] | None:
    if event.kind not in SWITCHING:
        return None
    counts = {field: event.detail[field] for field in GenerationOut.model_fields if field != "number"}
    return {"number": event.detail["generation"]} | counts


def decision_json(event: Event) -> dict[str, Any]:
    """Return an event of a cluster's history as JSON values."""
    detail = event.detail
    about = event.moved_articles or detail.get("bound", ())
    if not about and event.article_id and event.kind is not EventKind.MERGED:
        about = (event.article_id,)
    return {
        "seq": event.seq,
        "at": event.at,
        "kind": event.kind,
        "rule": detail.get("rule"),
        "cluster_id": event.cluster_id,
        "from_cluster_id": event.from_cluster_id,
        "article_ids": list(about),
        "actor": detail.get("actor"),
        "note": detail.get("note"),
        "undoes": detail.get("undoes"),
        "ends": detail.get("lifts", []),
    }


def constraint_json(constraint: Constraint) -> dict[str, Any]:
    """Return a decision and whether it is in force as JSON values."""
    return {
        "seq": constraint.seq,
        "rule": constraint.rule,
        "article_ids": constraint.articles,
        "other_ids": constraint.others,
        "cluster_id": constraint.event.cluster_id,
        "from_cluster_id": constraint.event.from_cluster_id,
        "actor": constraint.actor,
        "note": constraint.note,
        "at": constraint.at,
        "undone_by": constraint.undone_by,
    }


def totals_json(totals: Totals) -> dict[str, Any]:
    """Return the totals as JSON values."""
    return {
        "status": "ready",
        "articles": totals.articles,
        "clusters": totals.clusters,
        "duplicate_groups": totals.duplicate_groups,
        "last_seq": totals.last_seq,
    }
