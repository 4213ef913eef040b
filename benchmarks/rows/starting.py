"""S8: from the start of the process to the first 200 of `/readyz`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
from servers import serving

from rows.apart import unpinned
from rows.figure import Figure, Measured, Size
from rows.reindexing import fill

TARGET: Final = 10.0


def measure(size: Size) -> Measured:
    """Fill a store, serve it once, so that it leaves what it leaves when it stops, and start it again and again."""
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        store = Path(folder) / "archive.db"
        unpinned(fill, f"sqlite:///{store}", size.articles)
        seconds_until_ready(store)
        took = [seconds_until_ready(store) for _ in range(size.runs)]
    figure = Figure(what="s until /readyz is 200", target=TARGET, less_is_better=True, ours=took)
    return Measured(figures=[figure], note=f"a store of {size.articles:,} articles, its files in memory, not pinned")


def seconds_until_ready(store: Path) -> float:
    """Return how long a server takes to start on a store; it is asked to stop, and has stopped."""
    begun = time.perf_counter()
    with serving(store) as (url, _):
        while httpx.get(f"{url}/readyz", timeout=600).status_code != httpx.codes.OK:
            time.sleep(0.02)
        return time.perf_counter() - begun
