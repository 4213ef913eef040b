"""What an event means to those who subscribed to clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from api.answers import dumps
from api.schemas_webhooks import NoticeKind
from dedupe.events import Event, EventKind
from dedupe.store.subscriptions import Subscription

_GROWING: Final = frozenset(
    {
        EventKind.JOINED,
        EventKind.COPIED,
        EventKind.REVISED,
        EventKind.MOVED,
        EventKind.MERGED,
        EventKind.SPLIT,
        EventKind.CONSTRAINED,
        EventKind.UNDONE,
        EventKind.RELEASED,
    }
)
CONCERNING: Final = _GROWING | {EventKind.OPENED}
"""Events that any notice may come from."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to a subscriber. It names ids and no text: what is taken down later is in nobody's queue."""

    event: Event
    kind: str
    is_last: bool = True

    @property
    def seq(self) -> int:
        """Return the number of the event."""
        return self.event.seq

    @property
    def cluster_id(self) -> str:
        """Return the cluster that it is about."""
        return self.event.cluster_id

    @property
    def message_id(self) -> str:
        """Return what stays the same however often it is delivered: the number, and the kind of notice."""
        return f"{self.seq}.{self.kind}"

    @property
    def grown(self) -> str | None:
        """Return the cluster that is told to have grown, if this tells it."""
        return self.cluster_id if self.kind == NoticeKind.GREW else None

    def body(self) -> bytes:
        """Return the body, the same for each attempt."""
        event = self.event
        data = {
            "seq": event.seq,
            "cluster_id": event.cluster_id,
            "from_cluster_id": event.from_cluster_id,
            "article_id": event.article_id,
        }
        return dumps({"type": self.kind, "timestamp": event.at, "data": data})


def notices(
    event: Event,
    subscription: Subscription,
    size_of: Callable[[str], int],
    has_grown: Callable[[str, str], bool],
) -> list[Notice]:
    """Return what a subscription is told of an event; of growth it is told once for each cluster."""
    kinds: list[str] = []
    is_split = event.kind is EventKind.SPLIT
    if event.kind is EventKind.OPENED or "opens" in event.detail or ("founded" in event.detail and not is_split):
        kinds.append(NoticeKind.OPENED)
    if event.unites:
        kinds.append(NoticeKind.MERGED)
    if is_split:
        kinds.append(NoticeKind.SPLIT)
    if (
        NoticeKind.GREW in subscription.kinds
        and event.kind in _GROWING
        and size_of(event.cluster_id) > subscription.grew_past
        and not has_grown(subscription.id, event.cluster_id)
    ):
        kinds.append(NoticeKind.GREW)
    told = [Notice(event, kind, is_last=False) for kind in kinds if kind in subscription.kinds]
    return [*told[:-1], replace(told[-1], is_last=True)] if told else []
