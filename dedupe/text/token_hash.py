"""Characters of a token, turned into its hash, as `dedupe.text.tokens` says."""

from __future__ import annotations

from typing import Final

import numpy as np

from dedupe.kernel import kernel
from dedupe.text.characters import COMBINING, SEQUENCE, VALUE_MASK
from dedupe.text.spelling import Entries

SEED: Final = np.uint64(0x2D358DCCAA6C78A5)
MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_MARK_MULTIPLIER: Final = np.uint64(0xD6E8FEB86659FD93)


@kernel
def take(value: np.uint64, entry: int, sequences: Entries) -> np.uint64:
    """Return the value of a token with one more character, which may be folded to several."""
    if not entry & SEQUENCE:
        return _mix(value, entry)
    start = entry & VALUE_MASK
    for i in range(start + 1, start + 1 + int(sequences[start])):
        value = _mix(value, int(sequences[i]))
    return value


@kernel
def _mix(value: np.uint64, element: int) -> np.uint64:
    folded = np.uint64(element & VALUE_MASK)
    if element & COMBINING:
        return value + folded * _MARK_MULTIPLIER
    return (value ^ folded) * MULTIPLIER


@kernel
def finish(value: np.uint64) -> np.uint64:
    """Return the hash of a token by the value of all its characters."""
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))
