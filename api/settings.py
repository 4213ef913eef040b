"""The service's limits and keys: one frozen value; the only place that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.rates import parse_rate

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What the service bounds, in bytes, rows and seconds, and the digests of the keys it accepts.

    ``key_digests`` are those of the key file. Where there is no key at all nobody is asked for one, unless
    ``is_key_demanded``. ``rate`` is how often a key may ask that has no rate of its own; pages of ``cors_origins``
    may ask from a browser.
    """

    max_body_bytes: int = 4_000_000
    max_line_bytes: int = 4_000_000
    queue_length: int = 10_000
    group_size: int = 256
    bulk_window: int = 2_048
    bulk_backlog: int = 100_000
    key_digests: frozenset[bytes] = frozenset()
    is_key_demanded: bool = False
    rate: str = "60000/minute"
    cors_origins: tuple[str, ...] = ()
    release_seconds: float = 1.0
    webhook_retry_seconds: float = 5.0
    may_reach_private: bool = False
    heartbeat_seconds: float = 15.0
    stream_stall_seconds: float = 30.0
    most_streams: int = 1_000
    snapshot_events: int = 2_000
    snapshot_seconds: int = 900


def from_environment(environment: Mapping[str, str] = os.environ) -> ServiceSettings:
    """Return the settings with what the environment says applied; raise ValueError naming the variable."""
    defaults = ServiceSettings()
    return ServiceSettings(
        may_reach_private=environment.get("STORYFOLD_WEBHOOKS_PRIVATE", "") == "1",
        webhook_retry_seconds=_number(environment, "STORYFOLD_WEBHOOK_RETRY_SECONDS", 5),
        queue_length=_number(environment, "STORYFOLD_QUEUE_LENGTH", defaults.queue_length),
        group_size=_number(environment, "STORYFOLD_GROUP_SIZE", defaults.group_size),
        rate=_rate(environment, "STORYFOLD_RATE_LIMIT", defaults.rate),
        cors_origins=_origins(environment, "STORYFOLD_CORS_ORIGINS"),
        heartbeat_seconds=_number(environment, "STORYFOLD_HEARTBEAT_SECONDS", int(defaults.heartbeat_seconds)),
        stream_stall_seconds=_number(environment, "STORYFOLD_STREAM_STALL_SECONDS", int(defaults.stream_stall_seconds)),
        most_streams=_number(environment, "STORYFOLD_MOST_STREAMS", defaults.most_streams),
        snapshot_events=_number(environment, "STORYFOLD_SNAPSHOT_EVENTS", defaults.snapshot_events),
        snapshot_seconds=_number(environment, "STORYFOLD_SNAPSHOT_SECONDS", defaults.snapshot_seconds),
    )


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name, str(default))
    if not given.isdigit() or int(given) < 1:
        raise ValueError(f"{name} must be a whole number above 0, not {given!r}")
    return int(given)


def _rate(environment: Mapping[str, str], name: str, default: str) -> str:
    given = environment.get(name, default)
    try:
        parse_rate(given)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from problem
    return given


def _origins(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    origins = tuple(origin.strip() for origin in environment.get(name, "").split(",") if origin.strip())
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{name} holds {origin!r}; name origins such as https://desk.example, with commas between")
    return origins
