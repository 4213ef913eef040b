"""What an article says of others, without what is embargoed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, select

from dedupe.store.protocol import StoredArticle
from dedupe.store.schema import HIDDEN, articles, clusters

_HIDDEN = select(articles.c.id).where(HIDDEN, articles.c.id.in_(bindparam("ids", expanding=True)))
_UNPUBLISHED = select(clusters.c.id).where(
    clusters.c.updated_seq == 0, clusters.c.id.in_(bindparam("ids", expanding=True))
)


def veiled(connection: Connection, stored: Sequence[StoredArticle]) -> list[StoredArticle]:
    """Return articles without the originals, runners-up and clusters besides that only embargoed articles are in."""
    hidden, unpublished = unseen(connection, stored)
    return [veil(one, hidden, unpublished) for one in stored]


def veil(stored: StoredArticle, hidden: Collection[str], unpublished: Collection[str]) -> StoredArticle:
    """Return one article without mention of ``hidden`` articles and ``unpublished`` clusters."""
    assignment = stored.assignment
    copied, runner_up = assignment.duplicate_of, assignment.runner_up
    return replace(
        stored,
        assignment=replace(
            assignment,
            duplicate_of=None if copied and copied.article_id in hidden else copied,
            runner_up=None if runner_up and runner_up.cluster_id in unpublished else runner_up,
            also_in=tuple(cluster for cluster in assignment.also_in if cluster not in unpublished),
        ),
    )


def unseen(connection: Connection, stored: Sequence[StoredArticle]) -> tuple[set[str], set[str]]:
    """Return the embargoed articles, and the clusters of nothing else, that articles mention."""
    said = [one.assignment for one in stored]
    originals = {one.duplicate_of.article_id for one in said if one.duplicate_of}
    mentioned = {one.runner_up.cluster_id for one in said if one.runner_up} | {c for one in said for c in one.also_in}
    hidden = connection.execute(_HIDDEN, {"ids": sorted(originals)}).scalars() if originals else ()
    unpublished = connection.execute(_UNPUBLISHED, {"ids": sorted(mentioned)}).scalars() if mentioned else ()
    return set(hidden), set(unpublished)
