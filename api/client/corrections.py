"""Requests by which editors decide. None is sent twice: a decision is carried out each time that it is sent."""

from __future__ import annotations

from api.client.request import Request, as_json, get, given, path_of, sending
from api.client.walks import Pages
from api.decisions import (
    ConstraintIn,
    ConstraintOut,
    ConstraintPage,
    CorrectionIn,
    DecisionOut,
    MergeIn,
    MoveIn,
    SplitIn,
)

_READ = as_json(DecisionOut)


def move(article_id: str, wanted: MoveIn) -> Request[DecisionOut]:
    """Put an article, with its copies, into a cluster or one of its own, and keep it there."""
    return sending("PUT", path_of("v1", "articles", article_id, "cluster"), wanted, _READ)


def undo_move(article_id: str, *, actor: str, note: str | None = None) -> Request[DecisionOut]:
    """Take back the newest move of an article."""
    path = path_of("v1", "articles", article_id, "cluster")
    return Request(method="DELETE", path=path, read=_READ, params=given(actor=actor, note=note))


def merge(cluster_id: str, wanted: MergeIn) -> Request[DecisionOut]:
    """Make one cluster of two; the older id survives."""
    return sending("POST", path_of("v1", "clusters", cluster_id, "merge"), wanted, _READ)


def split(cluster_id: str, wanted: SplitIn) -> Request[DecisionOut]:
    """Make two clusters of one; the larger side keeps the id."""
    return sending("POST", path_of("v1", "clusters", cluster_id, "split"), wanted, _READ)


def constrain(wanted: ConstraintIn) -> Request[DecisionOut]:
    """Pin an article, link two, or keep two apart."""
    return sending("POST", "/v1/constraints", wanted, _READ)


def undo(seq: int, said: CorrectionIn) -> Request[DecisionOut]:
    """Take back a decision of any kind, by its number."""
    return sending("POST", path_of("v1", "constraints", str(seq), "undo"), said, _READ)


def constraint(seq: int) -> Request[ConstraintOut]:
    """Return one decision, in force or not."""
    return get(as_json(ConstraintOut), path_of("v1", "constraints", str(seq)))


def constraint_page(
    *, in_force: bool = True, limit: int | None = None, cursor: str | None = None
) -> Request[ConstraintPage]:
    """Return a page of editors' decisions."""
    in_words = "true" if in_force else "false"
    return get(as_json(ConstraintPage), "/v1/constraints", in_force=in_words, limit=limit, cursor=cursor)


def constraints(*, in_force: bool = True) -> Pages[ConstraintPage, ConstraintOut]:
    """Yield editors' decisions, oldest first; with ``in_force=False`` those that were undone too."""
    return Pages(constraint_page(in_force=in_force), lambda page: page.constraints)
