"""Webhooks, as JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.webhooks.signing import secret_bytes


class NoticeKind(StrEnum):
    """What can be subscribed to."""

    OPENED = "cluster.opened"
    GREW = "cluster.grew"
    MERGED = "cluster.merged"
    SPLIT = "cluster.split"


class WebhookIn(BaseModel):
    """Whom to tell of what."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=2_000, description="Where to POST: http or https, on the public internet.")
    kinds: list[NoticeKind] = Field(min_length=1, max_length=10)
    grew_past: int = Field(default=10, ge=1, le=1_000_000, description="For `cluster.grew`: more articles than this.")
    secret: str | None = Field(
        default=None, max_length=200, description="`whsec_` and base64; made for you when absent."
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as problem:
            raise ValueError("is not an address such as https://desk.example/hooks") from problem
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
            raise ValueError("must begin with http:// or https://, name a host, and hold no user name")
        return url

    @field_validator("secret")
    @classmethod
    def _check_secret(cls, secret: str | None) -> str | None:
        if secret is not None:
            secret_bytes(secret)
        return secret


class WebhookOut(BaseModel):
    """A subscription. Up to ``position`` all is settled; ``attempts`` were made at the next delivery."""

    webhook_id: str
    url: str
    kinds: list[NoticeKind]
    grew_past: int
    created_at: datetime
    position: int
    attempts: int


class WebhookMade(WebhookOut):
    """A new subscription, with the secret that is shown this once."""

    secret: str


class WebhooksOut(BaseModel):
    """All subscriptions."""

    webhooks: list[WebhookOut]


class DeadLetterOut(BaseModel):
    """A delivery that was given up; ``is_due`` when it will be tried once more."""

    seq: int
    kind: NoticeKind
    cluster_id: str
    attempts: int
    reason: str
    is_due: bool
    at: datetime


class DeadLettersOut(BaseModel):
    """What could not be delivered."""

    dead_letters: list[DeadLetterOut]


class RedeliveryOut(BaseModel):
    """How many are tried once more."""

    redelivering: int
