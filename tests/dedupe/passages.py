"""Which tokens of a text another one covers, by the definition and without any index."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def covered_places(windows: Sequence[int], theirs: Collection[int], size: int) -> list[int]:
    """Return the places of the tokens around which the text has a shingle, there for the first time, of theirs."""
    covered, before = set[int](), set[int]()
    for place, window in enumerate(windows):
        if window in theirs and window not in before:
            covered.update(range(place, place + size))
        before.add(window)
    return sorted(covered)
