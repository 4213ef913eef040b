"""The thread that writes snapshots of the index, now and then and when the service stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from api.logs import told
from dedupe.engine import Engine
from dedupe.errors import StoreError
from dedupe.snapshot.keeping import Abandoned, keep_if_due

REST: Final = 3.0
"""For each second of writing, so many in which nothing is written."""
LONGEST_REST: Final = 0.5


class SnapshotKeeper:
    """Looks every so many ``seconds`` whether a start would replay ``events`` or more, and spares it that."""

    def __init__(self, engine: Engine, events: int, seconds: float) -> None:
        self._engine = engine
        self._events = events
        self._seconds = seconds
        self._closing = threading.Event()
        self._refused = ""
        self._rested_at = 0.0
        self._log = structlog.get_logger("storyfold.snapshots")
        self._thread = threading.Thread(target=self._run, name="snapshots")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """End the thread, then write what is due: nothing is added any more."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()
            self._keep(lambda: False)

    def _run(self) -> None:
        while not self._closing.wait(self._seconds):
            self._keep(self._is_closing_after_rest)

    def _is_closing_after_rest(self) -> bool:
        """Leave the disk to the articles that arrive, longer than it was written to; tell whether the service ends."""
        worked = time.perf_counter() - self._rested_at
        is_closing = self._closing.wait(min(REST * worked, LONGEST_REST))
        self._rested_at = time.perf_counter()
        return is_closing

    def _keep(self, is_stopped: Callable[[], bool]) -> None:
        begun = time.perf_counter()
        try:
            kept = keep_if_due(self._engine, is_stopped, self._events)
        except Abandoned as reason:
            self._log.info("no snapshot", reason=str(reason))
        except (OSError, StoreError) as failure:
            self._refuse(failure)
        except Exception as failure:  # noqa: BLE001  the service goes on without
            self._log.error("defect", **told(failure))
        else:
            if kept is not None:
                seconds = round(time.perf_counter() - begun, 3)
                self._log.info("snapshot", seq=kept.seq, bytes=kept.size_bytes, seconds=seconds)
            self._refused = ""

    def _refuse(self, failure: OSError | StoreError) -> None:
        """Say once what is in the way, until it is another thing."""
        if str(failure) != self._refused:
            self._refused = str(failure)
            self._log.warning("no snapshot", reason=self._refused)
