"""The service's limits and keys: one frozen value; the only place that reads the environment."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What the service bounds, in bytes, rows and seconds, and the digests of the keys it accepts.

    Without ``key_digests`` nobody is asked for a key.
    """

    max_body_bytes: int = 4_000_000
    max_line_bytes: int = 4_000_000
    queue_length: int = 10_000
    group_size: int = 256
    bulk_window: int = 2_048
    bulk_backlog: int = 100_000
    key_digests: frozenset[bytes] = frozenset()
    admin_key_digests: frozenset[bytes] = frozenset()
    release_seconds: float = 1.0
    webhook_retry_seconds: float = 5.0
    may_reach_private: bool = False
    heartbeat_seconds: float = 15.0
    stream_stall_seconds: float = 30.0
    most_streams: int = 1_000


def from_environment(environment: Mapping[str, str] = os.environ) -> ServiceSettings:
    """Return the settings that the ``STORYFOLD_…`` variables make; raise ValueError."""
    defaults = ServiceSettings()
    return ServiceSettings(
        may_reach_private=environment.get("STORYFOLD_WEBHOOKS_PRIVATE", "") == "1",
        webhook_retry_seconds=_number(environment, "STORYFOLD_WEBHOOK_RETRY_SECONDS", 5),
        admin_key_digests=_digest(environment, "STORYFOLD_ADMIN_KEY"),
        queue_length=_number(environment, "STORYFOLD_QUEUE_LENGTH", defaults.queue_length),
        group_size=_number(environment, "STORYFOLD_GROUP_SIZE", defaults.group_size),
        heartbeat_seconds=_number(environment, "STORYFOLD_HEARTBEAT_SECONDS", int(defaults.heartbeat_seconds)),
        stream_stall_seconds=_number(environment, "STORYFOLD_STREAM_STALL_SECONDS", int(defaults.stream_stall_seconds)),
        most_streams=_number(environment, "STORYFOLD_MOST_STREAMS", defaults.most_streams),
    )


def _digest(environment: Mapping[str, str], name: str) -> frozenset[bytes]:
    """Return the digest of a key, which itself is kept nowhere."""
    given = environment.get(name, "")
    return frozenset({hashlib.sha256(given.encode()).digest()}) if given else frozenset()


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name, str(default))
    if not given.isdigit() or int(given) < 1:
        raise ValueError(f"{name} must be a whole number above 0, not {given!r}")
    return int(given)
