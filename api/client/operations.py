"""Requests about webhooks, and about the service itself."""

from __future__ import annotations

from typing import Any

from api.client.request import Request, as_json, as_nothing, as_text, get, given, path_of, sending
from api.schemas import AliveOut, ReadyOut
from api.schemas_webhooks import DeadLettersOut, RedeliveryOut, WebhookIn, WebhookMade, WebhookOut, WebhooksOut


def subscribe(wanted: WebhookIn) -> Request[WebhookMade]:
    """Subscribe a webhook from now on; the answer shows its secret, for the only time."""
    return sending("POST", "/v1/webhooks", wanted, as_json(WebhookMade))


def webhooks() -> Request[WebhooksOut]:
    """Return all subscriptions."""
    return get(as_json(WebhooksOut), "/v1/webhooks")


def webhook(webhook_id: str) -> Request[WebhookOut]:
    """Return one subscription, and how far it got in the log."""
    return get(as_json(WebhookOut), path_of("v1", "webhooks", webhook_id))


def unsubscribe(webhook_id: str) -> Request[None]:
    """End a subscription."""
    return Request(method="DELETE", path=path_of("v1", "webhooks", webhook_id), read=as_nothing)


def dead_letters(webhook_id: str) -> Request[DeadLettersOut]:
    """Return the deliveries that were given up."""
    return get(as_json(DeadLettersOut), path_of("v1", "webhooks", webhook_id, "dead-letters"))


def redeliver(webhook_id: str, *, seq: int | None = None) -> Request[RedeliveryOut]:
    """Try the dead letters once more, all or those of one event."""
    path = path_of("v1", "webhooks", webhook_id, "dead-letters", "redeliver")
    return Request(method="POST", path=path, read=as_json(RedeliveryOut), params=given(seq=seq))


def health() -> Request[AliveOut]:
    """Return that the process lives."""
    return get(as_json(AliveOut), "/healthz")


def readiness() -> Request[ReadyOut]:
    """Return how much the store holds."""
    return get(as_json(ReadyOut), "/readyz")


def metrics() -> Request[str]:
    """Return the metrics in Prometheus' text format."""
    return get(as_text, "/metrics")


def openapi() -> Request[dict[str, Any]]:
    """Return the OpenAPI document."""
    return get(as_json(dict[str, Any]), "/openapi.json")
