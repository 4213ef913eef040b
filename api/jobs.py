"""The thread that builds generations, beside the writer; what it must remember is in the store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import structlog

from api.logs import told
from dedupe.errors import StoreError, StoreUnavailable
from dedupe.reindexing.desk import Desk
from dedupe.reindexing.progress import Progress
from dedupe.store.jobs import Job

Answer = TypeVar("Answer")

RETRY_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 20.0
"""How long a request waits for a switch to be done before it is answered that the switch goes on."""


class JobRunner:
    """Builds what is open, also what an earlier process left, and switches generations beside the event loop."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._wanted = threading.Event()
        self._closing = False
        self._log = structlog.get_logger("storyfold.jobs")
        self._thread = threading.Thread(target=self._run, name="reindex")
        self._switches = ThreadPoolExecutor(1, thread_name_prefix="switch")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop building, where the store says how far it came, and let a switch that is going on finish."""
        self._closing = True
        self._wanted.set()
        self._switches.shutdown(wait=True)
        if self._thread.ident is not None:
            self._thread.join()

    def wake(self) -> None:
        """Have the thread look for an open job."""
        self._wanted.set()

    async def patiently(self, switch: Callable[[], Answer]) -> Answer | None:
        """Return what a switch answers, or None where it takes longer than anyone waits; it goes on then."""
        future = asyncio.get_running_loop().run_in_executor(self._switches, switch)
        done, _ = await asyncio.wait((future,), timeout=PATIENCE_SECONDS)
        if done:
            return future.result()
        future.add_done_callback(self._note)
        return None

    def _run(self) -> None:
        is_tidy = False
        while not self._closing:
            self._wanted.clear()
            try:
                if not is_tidy:
                    self.desk.tidy()
                    is_tidy = True
                job = self.desk.waiting()
            except StoreError as failure:
                self._log.warning("not looked for jobs", reason=str(failure))
                self._wanted.wait(RETRY_SECONDS)
                continue
            if job is None:
                self._wanted.wait()
            elif not self._built(job):
                self._wanted.wait(RETRY_SECONDS)

    def _built(self, job: Job) -> bool:
        """Build the generation of a job; return whether to look for the next at once."""
        try:
            self.desk.build(job, _unseen, lambda: self._closing)
        except StoreUnavailable as failure:
            self._log.warning("not built", job=job.job_id, reason=str(failure))
            return False
        except Exception as failure:  # noqa: BLE001  the thread goes on, and the job says that it failed
            self._log.error("defect", job=job.job_id, **told(failure))
            self.desk.fail(job, "an error of ours; the log has it under this job's id")
        return True

    def _note(self, future: asyncio.Future[Answer]) -> None:
        error = future.exception()
        if error is not None:
            self._log.warning("not switched", **told(error))


def _unseen(_: Progress) -> None:
    """Show nothing: whoever wants to know the progress asks for it."""
