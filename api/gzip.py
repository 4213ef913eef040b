"""Gzipped bodies, unpacked as they come and no further than is reasonable."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Final

PART: Final = 65_536
FREE_BYTES: Final = 4 << 20
"""So much may come out of however little, as for a single article that repeats itself."""
MAX_RATIO: Final = 100
"""News packs to a third or a quarter, and many copies of one text to a fiftieth; more is an attack."""


class UnusableGzip(Exception):
    """The body cannot be unpacked from here on; the message says why."""


async def inflated(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what a gzip stream of one or several members unpacks to; raise `UnusableGzip`."""
    unpacker = zlib.decompressobj(wbits=31)
    taken, given = 0, 0
    async for part in parts:
        taken += len(part)
        rest = part
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            unpacked, rest = _unpack(unpacker, rest)
            given += len(unpacked)
            if given > FREE_BYTES + MAX_RATIO * taken:
                raise UnusableGzip(f"the body unpacks to more than {MAX_RATIO} times its size")
            yield unpacked
            await asyncio.sleep(0)  # what takes long must not keep others waiting
    if not unpacker.eof:
        raise UnusableGzip("the body is gzip that ends too early")


def _unpack(unpacker: zlib._Decompress, packed: bytes) -> tuple[bytes, bytes]:
    """Return some of what is packed, and what is left to unpack."""
    try:
        unpacked = unpacker.decompress(packed, PART)
    except zlib.error as error:
        raise UnusableGzip(f"the body is not gzip from here on: {error}") from None
    return unpacked, unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
