"""Adds invented articles to a store until it is killed, telling before each commit what it is about to make durable.

A line is the number of the commit's last event and the digest of the index that holds it: whatever the
kill leaves behind, the line for it was written.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from dedupe.digest import digest
from dedupe.engine import Engine
from dedupe.store.records import Change
from tests.dedupe.newsroom import Newsroom
from tests.soak.serving import opened


def keep_adding(path: Path, seed: int) -> None:
    """Add groups of articles for ever."""
    store = opened(path)
    engine, commit = Engine(store), store.commit

    def tell_and_commit(changes: Sequence[Change]) -> None:
        sys.stdout.write(f"{changes[-1].event.seq} {digest(engine._index)}\n")
        sys.stdout.flush()
        commit(changes)

    store.commit = tell_and_commit  # type: ignore[method-assign]  # to know of each commit
    draw, stream = random.Random(seed), Newsroom(seed, count=seed * 1_000_000).stream(10**9)
    while True:
        engine.add_all(list(islice(stream, draw.randint(1, 9))))


if __name__ == "__main__":
    keep_adding(Path(sys.argv[1]), int(sys.argv[2]))
