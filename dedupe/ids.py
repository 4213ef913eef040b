"""Opaque public ids: a kind and 64 bits, written in Crockford's base 32.

The index keeps the 64 bits, everyone else the string. Article bits are drawn by whoever starts
the program; cluster and group bits follow from the founding article and the event's number, so
an id is never given twice, not even after a store was restored from an older copy.
"""

from __future__ import annotations

import hashlib
import string
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal

Kind = Literal["art", "clu", "dup", "job"]
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_TO_PYTHON: Final = str.maketrans(
    dict(zip(_ALPHABET, "0123456789abcdefghijklmnopqrstuv", strict=True))
    | dict.fromkeys("ilou" + string.ascii_uppercase, "_")
)
"""From our digits to those that ``int`` reads, and what is no digit of ours to what it does not."""
_PAIRS: Final = tuple(left + right for left in _ALPHABET for right in _ALPHABET)
_DIGITS: Final = 13
_REMEMBERED: Final = 1 << 14
"""The ids of what happens now come again and again."""


@lru_cache(maxsize=_REMEMBERED)
def encode(kind: Kind, bits: int) -> str:
    """Return the id of 64 ``bits``.

    >>> encode("art", 1)
    'art_0000000000001'
    """
    return (
        f"{kind}_{_ALPHABET[bits >> 60]}{_PAIRS[bits >> 50 & 1023]}{_PAIRS[bits >> 40 & 1023]}"
        f"{_PAIRS[bits >> 30 & 1023]}{_PAIRS[bits >> 20 & 1023]}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"
    )


@lru_cache(maxsize=_REMEMBERED)
def decode(kind: Kind, public_id: str) -> int:
    """Return the 64 bits of an id; raise ValueError when it is not one of this kind.

    >>> decode("art", "art_0000000000001")
    1
    """
    digits = public_id[4:].translate(_TO_PYTHON)
    bits = int(digits, 32) if len(digits) == _DIGITS and digits.isascii() and digits.isalnum() else 1 << 64
    if bits >= 1 << 64 or not public_id.startswith(f"{kind}_"):
        raise ValueError(f"{public_id!r} is not an id of the kind {kind}_")
    return bits


def derive(kind: Kind, article_bits: int, seq: int) -> int:
    """Return the bits of the cluster or group that event ``seq`` founded on an article."""
    digest = hashlib.blake2b(f"{kind}:{article_bits}:{seq}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def derive_dated(kind: Kind, article_bits: int, seq: int, at: datetime) -> int:
    """Return the bits of the cluster that an article known before founds with event ``seq``, at this moment.

    Without the moment, the same article could found the same cluster again after a restore from an older copy.
    """
    digest = hashlib.blake2b(f"{kind}:{article_bits}:{seq}:{at.astimezone(UTC).isoformat()}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")
