"""The one writer: requests queue, are decided one after the other and committed in groups.

While one group is being written to disk the next one is decided, and the one after that gathers, so that the
slower the disk, the larger the groups; nobody waits for a group to fill.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import structlog

from api.logs import told
from api.metrics import Metrics
from api.problems import RETRY_SECONDS, Problem
from dedupe.corrections import Correction
from dedupe.engine import Engine, Submission
from dedupe.errors import StoreError
from dedupe.events import Assignment, Event


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A request to take an article down."""

    article_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """A request to show the articles whose embargo has ended."""

    at: datetime


Order = Withdrawal | Release | Correction
Job = Submission | Order
Answer = Assignment | Event | None | BaseException


class Writer:
    """Two threads that feed the engine by turns; their queue is bounded, their end finishes what was accepted."""

    def __init__(self, engine: Engine, metrics: Metrics, queue_length: int, group_size: int) -> None:
        self._engine = engine
        self._metrics = metrics
        self._queue_length = queue_length
        self._group_size = group_size
        self._jobs: deque[tuple[Job, asyncio.Future[Answer]]] = deque()
        self._arrived = threading.Condition()
        self._being_written: Sequence[tuple[Job, asyncio.Future[Answer]]] = ()
        self._closing = False
        self._log = structlog.get_logger("storyfold.writer")
        self._turn = threading.Lock()
        self._threads = [threading.Thread(target=self._run, name=f"writer-{number}") for number in (1, 2)]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Finish what was accepted, then end the threads."""
        with self._arrived:
            self._closing = True
            self._arrived.notify()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    @property
    def depth(self) -> int:
        """Return how many jobs wait."""
        return len(self._jobs)

    @property
    def is_full(self) -> bool:
        """Return whether another job would be refused for want of room."""
        return len(self._jobs) >= self._queue_length and not self._closing

    def submit(self, job: Job) -> asyncio.Future[Answer]:
        """Queue a job; its answer comes once it is durable. Raises a 503 `Problem` when the queue is full."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        with self._arrived:
            if self._closing or len(self._jobs) >= self._queue_length:
                reason = "the server is shutting down" if self._closing else "more requests wait than can be held"
                raise Problem(503, "overloaded", f"{reason}; send it again", Retry_After=RETRY_SECONDS)
            self._jobs.append((job, future))
            self._arrived.notify()
        return future

    def _run(self) -> None:
        while self._answer_group():
            pass

    def _answer_group(self) -> bool:
        """Answer a group when it is written; the turn of this thread ends when it is decided. False at the end."""
        with ExitStack() as turn:
            turn.enter_context(self._turn)
            group = self._next_group()
            if not group:
                return False

            def on_decided() -> None:
                self._being_written = group
                turn.close()

            answers = self._answers([job for job, _ in group], on_decided)
        with self._arrived:
            if self._being_written is group:
                self._being_written = ()
            self._arrived.notify()
        futures = [future for _, future in group]
        futures[0].get_loop().call_soon_threadsafe(_resolve, futures, answers)
        return True

    def _next_group(self) -> list[tuple[Job, asyncio.Future[Answer]]]:
        """Wait for jobs; return submissions up to the group size, or one order; none when closed.

        While a group is written, as many must have gathered as it has: many small groups would take longer than a few.
        """
        with self._arrived:
            while len(self._jobs) < max(1, len(self._being_written)) and not self._closing:
                self._arrived.wait()
            group: list[tuple[Job, asyncio.Future[Answer]]] = []
            while self._jobs and len(group) < self._group_size:
                is_order = isinstance(self._jobs[0][0], Order)
                if group and is_order:
                    break
                group.append(self._jobs.popleft())
                if is_order:
                    break
            return group

    def _answers(self, jobs: Sequence[Job], on_decided: Callable[[], None]) -> Sequence[Answer]:
        first = jobs[0]
        if isinstance(first, Order):
            return [self._obey(first)]
        submissions = [job for job in jobs if isinstance(job, Submission)]
        begun = time.perf_counter()
        try:
            answers = self._engine.add_each(submissions, on_decided=on_decided)
        except StoreError as failure:
            self._log.warning("not stored", articles=len(jobs), reason=str(failure))
            return [failure] * len(jobs)
        except Exception as failure:  # noqa: BLE001  every request of the group must be answered
            self._log.error("defect", articles=len(jobs), **told(failure))
            return [failure] * len(jobs)
        self._metrics.observe_group(answers, time.perf_counter() - begun)
        return answers

    def _obey(self, job: Order) -> Answer:
        try:
            if isinstance(job, Correction):
                return self._engine.correct(job)
            if isinstance(job, Withdrawal):
                return self._engine.withdraw(job.article_id, job.at)
            self._engine.release(job.at)
        except Exception as failure:  # noqa: BLE001  the request must be answered
            return failure
        return None


def _resolve(futures: Sequence[asyncio.Future[Answer]], answers: Sequence[Answer]) -> None:
    for future, answer in zip(futures, answers, strict=True):
        if future.cancelled():
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
