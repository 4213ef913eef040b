"""What happened to a cluster, and editors' decisions: the definition that SQL queries are held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dedupe.constraints import Constraint
from dedupe.errors import UnknownConstraint
from dedupe.events import PLACING, Event


def lineage(events: Iterable[Event], cluster_id: str) -> Iterator[Event]:
    """Yield how a cluster was founded, and every later event that names it but for those that only added an article."""
    is_founded = False
    for event in events:
        is_here = event.cluster_id == cluster_id
        if (is_here and not (is_founded and event.kind in PLACING)) or event.from_cluster_id == cluster_id:
            yield event
        is_founded |= is_here


def found(seq: int, constraint: Constraint | None) -> Constraint:
    """Return an editor's decision that was looked for; raise `UnknownConstraint` when there is none."""
    if constraint is None:
        raise UnknownConstraint(f"{seq} is not the number of an editor's decision; GET /v1/constraints lists them")
    return constraint
