"""Re-indexing from the request to the end: jobs are built, compared, activated, rolled back or discarded.

Whoever starts the program gives it a thread; all that must survive the program is in the store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from dedupe.engine import Engine
from dedupe.errors import JobConflict
from dedupe.events import Event, EventKind
from dedupe.reindexing.follower import STRETCH, Follower
from dedupe.reindexing.progress import Progress
from dedupe.reindexing.switching import Order, guard, preview, switch
from dedupe.replaying import folder_of
from dedupe.settings import EngineSettings, changed_settings
from dedupe.settling import read_log
from dedupe.store.generations import Generation, Generations
from dedupe.store.jobs import OPEN, Job, Jobs
from dedupe.store.records import JobState
from dedupe.store.rows import packed
from dedupe.store.sql import SqlStore
from dedupe.store.times import microseconds

NEAR: Final = STRETCH
"""So many events behind the log, a generation may be caught up with it while writing waits."""


class Desk:
    """All re-indexing of one store; one job is open at a time, and one switch goes on at a time."""

    def __init__(self, store: SqlStore, engine: Engine, now: Callable[[], datetime]) -> None:
        self.jobs = Jobs(store)
        self._generations = Generations(store)
        self._engine = engine
        self._now = now
        self._built: Follower | None = None
        self._progress: dict[str, Progress] = {}
        self._going_on: dict[str, JobState] = {}
        self._switching = threading.Lock()
        self._building = threading.Lock()

    def request(self, job_id: str, wanted: Mapping[str, Any]) -> Job:
        """Open a job for the present settings with those ``wanted`` in their place.

        Raises `InvalidSettings`, or `JobConflict` while another job is open.
        """
        settings = changed_settings(self._engine.settings, wanted).values()
        generation = self._generations.begin(settings, self._now())
        try:
            return self.jobs.create(job_id, generation.number, settings, self._now())
        except JobConflict:
            self._generations.discard(generation.number)
            raise

    def get(self, job_id: str) -> Job:
        """Return a job as it is now; raise `UnknownJob`."""
        return self.shown(self.jobs.get(job_id))

    def shown(self, job: Job) -> Job:
        """Return a job with what is going on at this moment."""
        state = self._going_on.get(job.job_id)
        return job if state is None else replace(job, state=state)

    def waiting(self) -> Job | None:
        """Return the open job whose generation is not in memory: it is to be built, or loaded after a start."""
        job = self.jobs.open()
        if job is None or (self._built and self._built.generation.number == job.generation):
            return None
        return job

    def progress(self, job: Job) -> Progress:
        """Return how far the generation of a job is."""
        known = self._progress.get(job.job_id)
        if known is not None:
            return known
        count = int(job.difference["article_count"]) if job.difference else 0
        return Progress(done=count, total=count)

    def build(self, job: Job, report: Callable[[Progress], None], is_stopped: Callable[[], bool]) -> bool:
        """Build the generation of an open job, as far as is left to do, until it is ready; False when stopped.

        Raises `StoreError` when something could not be written; what was is gone on from.
        """
        with self._building:
            built = self._load(self._generations.get(job.generation))
            self._progress[job.job_id] = self._begun(built)
            try:
                while built.followed_seq < self._generations.last_seq() and not self._is_over(job, is_stopped):
                    self._follow(built, job.job_id, report)
                if self._is_over(job, is_stopped):
                    self._let_go(built)
                    return False
                self._compare(job, built)
            except BaseException:
                self._let_go(built)
                raise
            return True

    def activate(self, job_id: str) -> Event:
        """Put the generation of a job into force; raise `UnknownJob`, `JobConflict` or `StoreError`."""
        with self._switch(job_id, JobState.ACTIVATING) as job:
            if job.state is not JobState.READY:
                raise JobConflict(_refusal(job, "activated", "ready"))
            with self._building:  # after a start, it may still be on its way into memory
                built, self._built = self._built or self._load(self._generations.get(job.generation)), None
                now = self._now()
                values = {"state": JobState.ACTIVATED.value, "finished_at": microseconds(now)}
                order = Order(kind=EventKind.ACTIVATED, at=now, job_id=job_id, job_values=values)
                return self._put_into_force(built, order)

    def rollback(self, job_id: str) -> Event:
        """Bring back the generation that a job's took the place of; raise `UnknownJob`, `JobConflict`, `StoreError`.

        What came after is decided once more, by the settings of that generation.
        """
        with self._switch(job_id, JobState.ROLLING_BACK) as job:
            if job.state is not JobState.ACTIVATED:
                raise JobConflict(_refusal(job, "rolled back", "activated"))
            active = self._generations.active()
            if active is None or active.origin != job.generation:
                raise JobConflict(self._other_in_force(job_id, active))
            former = self._generations.get(job.generation)
            settings = self._settings_before(former)
            restored = self._generations.begin(settings, self._now(), former)
            order = Order(
                kind=EventKind.ROLLED_BACK,
                at=self._now(),
                job_id=job_id,
                job_values={"state": JobState.ROLLED_BACK.value},
                restores=former.activated_seq,
            )
            try:
                event = self._put_into_force(self._load(restored), order)
            except BaseException:
                self._generations.discard(restored.number)
                raise
            return event

    def discard(self, job_id: str) -> None:
        """End an open job and erase its generation; raise `UnknownJob`, or `JobConflict` when it is not open."""
        with self._switch(job_id, JobState.DISCARDED) as job:
            if job.state not in OPEN:
                raise JobConflict(_refusal(job, "discarded", "building or ready"))
            self.jobs.update(job_id, {"state": JobState.DISCARDED.value, "finished_at": microseconds(self._now())})
            with self._building:  # which ends at the next stretch, since the job is open no more
                if self._built is not None:
                    self._let_go(self._built)
                self._generations.discard(job.generation)

    def fail(self, job: Job, reason: str) -> None:
        """End a job that cannot be carried out."""
        values = {"state": JobState.FAILED.value, "finished_at": microseconds(self._now()), "error": reason}
        self.jobs.update(job.job_id, values)
        self._generations.discard(job.generation)

    def tidy(self) -> None:
        """Erase what an interrupted rollback, or discarding, left behind."""
        job = self.jobs.open()
        for number in self._generations.unfinished():
            if job is None or number != job.generation:
                self._generations.discard(number)

    @contextmanager
    def _switch(self, job_id: str, state: JobState) -> Iterator[Job]:
        job = self.jobs.get(job_id)
        if not self._switching.acquire(blocking=False):
            raise JobConflict("another switch is going on; wait until it is done")
        self._going_on[job_id] = state
        try:
            yield job
        finally:
            del self._going_on[job_id]
            self._switching.release()

    def _load(self, generation: Generation) -> Follower:
        """Return the follower of a generation, as far as it is written down."""
        settings = changed_settings(EngineSettings(), generation.settings)
        folder = folder_of(self._engine.store)
        built = Follower(self._generations, generation, settings, self._engine.model, folder)
        self._engine.watch(built.replaced.keep)  # before the first text is read
        try:
            for replayed, reading in read_log(self._generations.built(generation.number), settings):
                built.restore(replayed, reading)
        except BaseException:
            self._engine.unwatch(built.replaced.keep)
            raise
        built.followed_seq = generation.followed_seq
        if generation.base_seq:
            built.base_clusters = built.index.clusters.count
            built.base_decisions = built.index.constraints
        guard(self._engine, built)
        return built

    def _let_go(self, built: Follower) -> None:
        self._engine.unwatch(built.replaced.keep)
        if self._built is built:
            self._built = None

    def _begun(self, built: Follower) -> Progress:
        total = built.count + self._generations.arrivals(built.followed_seq)
        return Progress(done=built.count, total=total, begun=built.count, since=self._now())

    def _follow(self, built: Follower, job_id: str, report: Callable[[Progress], None]) -> None:
        built.follow(self._generations.last_seq())
        built.write()
        if built.saw_decision:
            built.saw_decision = False
            guard(self._engine, built)
        known = self._progress[job_id]
        total = max(known.total, built.count)
        self._progress[job_id] = replace(known, done=built.count, total=total)
        report(self._progress[job_id])

    def _is_over(self, job: Job, is_stopped: Callable[[], bool]) -> bool:
        return is_stopped() or self.jobs.get(job.job_id).state not in OPEN

    def _compare(self, job: Job, built: Follower) -> None:
        difference = preview(self._engine, built, self._now())
        built.write()
        self._progress[job.job_id] = replace(self._progress[job.job_id], done=built.count, total=built.count)
        values = {"state": JobState.READY.value, "difference": packed(asdict(difference) | difference.values())}
        self.jobs.update(job.job_id, values)
        self._built = built

    def _put_into_force(self, built: Follower, order: Order) -> Event:
        try:
            while self._generations.last_seq() - built.followed_seq > NEAR:
                built.follow(self._generations.last_seq())
                built.write()
            return switch(self._engine, self._generations, built, order)
        finally:
            self._let_go(built)

    def _settings_before(self, generation: Generation) -> Mapping[str, Any]:
        """Return the settings that were in force when a generation was activated."""
        before = self._generations.active(until=(generation.activated_seq or 0) - 1)
        return EngineSettings().values() if before is None else before.settings

    def _other_in_force(self, job_id: str, active: Generation | None) -> str:
        other = self.jobs.of_generation(active.origin) if active and active.origin else None
        if other is None:
            return f"the generation of the job {job_id} is not in force"
        return f"the job {other.job_id} was activated after {job_id}; roll that one back first"


def _refusal(job: Job, wanted: str, needed: str) -> str:
    return f"the job {job.job_id} is {job.state}, and only one that is {needed} can be {wanted}"
