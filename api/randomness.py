"""Random numbers for ids."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from typing import Final

_AT_ONCE: Final = 1_024


def random_numbers() -> Iterator[int]:
    """Yield numbers of 64 random bits for ever; for one thread.

    They are drawn many at a time: asking the system lets other threads go first, which costs a request under
    load more than all else that it does.
    """
    while True:
        yield from struct.unpack(f"={_AT_ONCE}Q", secrets.token_bytes(8 * _AT_ONCE))
