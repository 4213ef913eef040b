"""Requests for the changes of the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from api.client.request import Request, as_json, get
from api.client.walks import Changes
from api.schemas import ChangePage
from dedupe.events import EventKind

MOST: Final = 1_000
"""So many changes a request brings when there are many."""


def change_page(
    after: int = 0,
    *,
    kinds: Iterable[EventKind] = (),
    cluster_id: str | None = None,
    wait_seconds: float = 0,
    limit: int | None = None,
) -> Request[ChangePage]:
    """Return the changes beyond the number ``after``, waiting so long for the first of them."""
    return get(
        as_json(ChangePage),
        "/v1/changes",
        after=after,
        kind=[kind.value for kind in kinds] or None,
        cluster_id=cluster_id,
        wait=wait_seconds,
        limit=limit,
    )


def changes(
    after: int = 0, *, kinds: Iterable[EventKind] = (), cluster_id: str | None = None, wait_seconds: float = 30
) -> Changes:
    """Yield the changes beyond the number ``after`` as they happen, each once, in order, without end.

    A server that restarts, or cannot be reached, is waited for as long as it takes, and nothing is left out or told
    twice. Begin again with the ``seq`` of the last change that you have dealt with. Raises `ApiProblem` with the code
    ``ahead_of_log`` when an older backup was restored: read all anew, then follow.
    """
    first = change_page(after, kinds=kinds, cluster_id=cluster_id, wait_seconds=wait_seconds, limit=MOST)
    return Changes(replace(first, is_followed=True))
