"""What an editor who may not see embargoed articles can decide about, and is told when a decision is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dedupe.constraints import Constraint
from dedupe.corrections import Constrain, Correction, Merge, Move, Release, Split, Undo
from dedupe.errors import Contradiction, UnknownArticle, UnknownCluster, UnknownConstraint
from dedupe.index import Index


def check_seen(index: Index, correction: Correction) -> None:
    """Raise `UnknownArticle`, `UnknownCluster` or `UnknownConstraint` for what an editor names but may not see."""
    if correction.sees_embargoed:
        return
    for article_id in _articles(correction):
        if article_id in index.embargoes.articles:
            raise UnknownArticle(article_id)
    for cluster_id in _clusters(correction):
        if cluster_id in index.embargoes.clusters:
            raise UnknownCluster(cluster_id)
    undone = index.constraints.get(correction.seq) if isinstance(correction, Undo) else None
    if undone and undone.event.hidden:
        raise UnknownConstraint(
            f"{undone.seq} is not the number of an editor's decision; GET /v1/constraints lists them"
        )


def contradiction(
    index: Index, correction: Correction, standing: Constraint, refused: Mapping[str, Any]
) -> Contradiction:
    """Return the refusal of a decision against one in force, without what the editor may not see."""
    told = standing.told()
    if correction.sees_embargoed:
        return Contradiction(told, refused)
    if standing.event.hidden:
        told["note"] = None
    return Contradiction(_seen(index, told), _seen(index, refused))


def _seen(index: Index, told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, "article_ids": [one for one in told["article_ids"] if one not in index.embargoes.articles]}


def _articles(correction: Correction) -> Iterator[str]:
    if isinstance(correction, Move | Release):
        yield correction.article_id
    elif isinstance(correction, Split | Constrain):
        yield from correction.article_ids


def _clusters(correction: Correction) -> Iterator[str]:
    if isinstance(correction, Merge):
        yield correction.other_id
    if isinstance(correction, Move | Merge | Split) and correction.cluster_id is not None:
        yield correction.cluster_id
