"""Where a page ended, as an opaque string that fits one list only."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Final

import orjson

from dedupe.errors import InvalidQuery

Key = tuple[float, int]
"""The value that a list is ordered by, and the ordinal that parts equals."""

_SCOPE_CHARACTERS: Final = 8
_LARGEST: Final = 1 << 63


def write_cursor(scope: Sequence[object], key: Key) -> str:
    """Return the cursor behind ``key`` in the list that ``scope`` describes: its name, filter and order."""
    return base64.urlsafe_b64encode(orjson.dumps([_digest(scope), *key])).decode().rstrip("=")


def read_cursor(scope: Sequence[object], cursor: str | None) -> Key | None:
    """Return the key behind a cursor, None for the first page.

    Raises `InvalidQuery` when it was not given out for this list.
    """
    if cursor is None:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        digest, value, ordinal = parts
    except (binascii.Error, ValueError, TypeError) as problem:
        raise InvalidQuery("cursor", "is not one that a list gave out") from problem
    if digest != _digest(scope):
        raise InvalidQuery("cursor", "belongs to a list with other filters or another order")
    if not _is_number(value) or not _is_number(ordinal):
        raise InvalidQuery("cursor", "is not one that a list gave out")
    return value, ordinal


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _digest(scope: Sequence[object]) -> str:
    return hashlib.blake2b(repr(tuple(scope)).encode(), digest_size=_SCOPE_CHARACTERS // 2).hexdigest()
