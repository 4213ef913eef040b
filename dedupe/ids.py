"""Opaque public ids: a kind and 64 bits, written in Crockford's base 32.

The index keeps the 64 bits, everyone else the string. Article bits are drawn by whoever starts
the program; cluster and group bits follow from the founding article and the event's number, so
an id is never given twice, not even after a store was restored from an older copy.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal

Kind = Literal["art", "clu", "dup"]
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE: Final = {character: value for value, character in enumerate(_ALPHABET)}
_DIGITS: Final = 13


def encode(kind: Kind, bits: int) -> str:
    """Return the id of 64 ``bits``.

    >>> encode("art", 1)
    'art_0000000000001'
    """
    return f"{kind}_" + "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(60, -1, -5))


def decode(kind: Kind, public_id: str) -> int:
    """Return the 64 bits of an id; raise ValueError when it is not one of this kind.

    >>> decode("art", "art_0000000000001")
    1
    """
    digits = public_id.removeprefix(f"{kind}_")
    if len(digits) != _DIGITS or len(public_id) != _DIGITS + 4:
        raise ValueError(f"{public_id!r} is not an id of the kind {kind}_")
    bits = 0
    for digit in digits:
        bits = bits << 5 | _VALUE.get(digit, 1 << 64)
    if bits >= 1 << 64:
        raise ValueError(f"{public_id!r} is not an id of the kind {kind}_")
    return bits


def derive(kind: Kind, article_bits: int, seq: int) -> int:
    """Return the bits of the cluster or group that event ``seq`` founded on an article."""
    digest = hashlib.blake2b(f"{kind}:{article_bits}:{seq}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")
