"""How much a store holds, counted by its indexes alone: rows are many, and wide."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, exists, false, func, select

from dedupe.store.answers import Totals
from dedupe.store.schema import HIDDEN, LISTED, LIVE, articles, clusters, events

_GROUP: Final = articles.c.duplicate_group_id
_OTHERS: Final = articles.alias("others")
_LIVE_COUNT: Final = select(func.count()).select_from(articles).where(LIVE)
_HIDDEN_COUNT: Final = select(func.count()).select_from(articles).where(HIDDEN)
_GROUPS: Final = select(_GROUP).where(_GROUP.is_not(None)).group_by(_GROUP)  # in the order of an index
_GROUP_COUNT: Final = select(func.count()).select_from(_GROUPS.subquery())
_VISIBLE_MEMBER: Final = exists().where(_OTHERS.c.duplicate_group_id == _GROUP, _OTHERS.c.hidden == false())
_HIDDEN_GROUP_COUNT: Final = select(func.count(_GROUP.distinct())).where(HIDDEN, ~_VISIBLE_MEMBER)
_LISTED_COUNT: Final = select(func.count()).where(LISTED)
_CLUSTER_COUNT: Final = select(func.count()).where(LISTED | (clusters.c.hidden_count > 0))
_NEWEST: Final = select(func.coalesce(func.max(events.c.seq), 0))


def totals(connection: Connection, *, is_unveiled: bool) -> Totals:
    """Count what there is for those who may see embargoed articles, or for everyone.

    An article that was taken down is in no group, and not hidden.
    """
    wanted = (_LIVE_COUNT, _GROUP_COUNT, _CLUSTER_COUNT if is_unveiled else _LISTED_COUNT, _NEWEST)
    live, groups, shown, newest = (connection.execute(statement).scalar_one() for statement in wanted)
    if not is_unveiled:
        live -= connection.execute(_HIDDEN_COUNT).scalar_one()
        groups -= connection.execute(_HIDDEN_GROUP_COUNT).scalar_one()
    return Totals(articles=live, clusters=shown, duplicate_groups=groups, last_seq=newest)
