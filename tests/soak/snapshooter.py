"""Adds invented articles to a store and keeps its index, again and again, until it is killed."""

from __future__ import annotations

import random
import sys
import threading
from contextlib import suppress
from itertools import islice
from pathlib import Path

from dedupe.engine import Engine
from dedupe.snapshot.keeping import Abandoned, keep
from tests.dedupe.newsroom import Newsroom
from tests.soak.serving import opened


def keep_on(path: Path, seed: int) -> None:
    """Write one snapshot after the other while articles come in, for ever; say when each is there."""
    engine = Engine(opened(path))
    threading.Thread(target=_add, args=(engine, seed), daemon=True).start()
    while True:
        with suppress(Abandoned):
            if kept := keep(engine, lambda: False):
                sys.stdout.write(f"{kept.seq}\n")
                sys.stdout.flush()


def _add(engine: Engine, seed: int) -> None:
    """Add groups; one in ten has revisions in it, which end a snapshot."""
    draw, room = random.Random(seed), Newsroom(seed, count=seed * 1_000_000)
    while True:
        if draw.random() < 0.1:
            group = list(islice(room.stream(10**9), 5))
        else:
            group = [room.report(room.happen()) for _ in range(5)]
        engine.add_all(group)


if __name__ == "__main__":
    keep_on(Path(sys.argv[1]), int(sys.argv[2]))
