"""`storyfold reindex`: a store clustered anew with other settings, compared, and activated if so told."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from dedupe import ids
from dedupe.cli.clock import now
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.output import print_json, say
from dedupe.cli.progress import Reporter, progress
from dedupe.cli.startup import Opened, open_store
from dedupe.reindexing.desk import Desk
from dedupe.reindexing.progress import Progress
from dedupe.store.jobs import Job
from dedupe.store.records import JobState


class Deed(StrEnum):
    """What to do beyond building and comparing."""

    PREVIEW = "--preview"
    ACTIVATE = "--activate"
    ROLLBACK = "--rollback"
    DISCARD = "--discard"


def run(store: str, settings: Sequence[str], deeds: Sequence[Deed], *, as_json: bool) -> None:
    """Re-index a store; raise `CommandFailed`, `InvalidSettings`, `JobConflict` or `StoreError`."""
    if len(deeds) > 1:
        raise CommandFailed(f"{' and '.join(deeds)} exclude each other", ExitCode.USAGE)
    deed = deeds[0] if deeds else None
    if settings and deed in (Deed.ROLLBACK, Deed.DISCARD):
        raise CommandFailed(f"{deed} takes no --settings", ExitCode.USAGE)
    wanted = parsed(settings)
    with open_store(store) as opened:
        desk = Desk(opened.store, opened.engine, now)
        desk.tidy()
        if deed is Deed.ROLLBACK:
            job = _rolled_back(desk)
        elif deed is Deed.DISCARD:
            job = _discarded(desk)
        else:
            job = _carried_out(desk, wanted, deed, opened)
    if as_json:
        print_json(_row(job))
    else:
        for line in _lines(job):
            say(line)


def parsed(settings: Sequence[str]) -> dict[str, Any]:
    """Return settings by name; raise `CommandFailed` for what is not ``NAME=VALUE``.

    >>> parsed(["coverage=0.7", "prior=false"])
    {'coverage': 0.7, 'prior': False}
    """
    wanted = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign:
            raise CommandFailed(f"--settings {setting}: write it as NAME=VALUE, such as coverage=0.7", ExitCode.USAGE)
        try:
            wanted[name.strip()] = json.loads(value)
        except ValueError:
            wanted[name.strip()] = value
    return wanted


def _carried_out(desk: Desk, wanted: Mapping[str, Any], deed: Deed | None, opened: Opened) -> Job:
    standing = None if wanted else desk.jobs.open()  # which an interrupted command, or a server, left
    job = standing or desk.request(ids.encode("job", secrets.randbits(64)), wanted)
    with progress("Re-indexing", opened.store.catalogue.totals().articles) as report:
        desk.build(job, lambda progress: _report(report, progress), lambda: False)
    if deed is Deed.PREVIEW:
        compared = desk.get(job.job_id)
        desk.discard(job.job_id)
        return replace(compared, state=JobState.DISCARDED)
    if deed is Deed.ACTIVATE:
        desk.activate(job.job_id)
    return desk.get(job.job_id)


def _discarded(desk: Desk) -> Job:
    job = desk.jobs.open()
    if job is None:
        raise CommandFailed("no job is open that could be discarded", ExitCode.USAGE)
    desk.discard(job.job_id)
    return desk.get(job.job_id)


def _rolled_back(desk: Desk) -> Job:
    newest = next((job for job in desk.jobs.list(200, None).rows if job.state is JobState.ACTIVATED), None)
    if newest is None:
        raise CommandFailed("no re-index is in force that could be rolled back", ExitCode.USAGE)
    desk.rollback(newest.job_id)
    return desk.get(newest.job_id)


def _report(report: Reporter, progress: Progress) -> None:
    report(progress.done, progress.done)


def _row(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        "settings": dict(job.settings),
        "event_seq": job.event_seq,
        "rollback_seq": job.rollback_seq,
        "difference": dict(job.difference or {}),
    }


def _lines(job: Job) -> list[str]:
    """Return what a person wants to know of a job."""
    told = job.difference
    if told is None or job.state is JobState.ROLLED_BACK:
        return [_end(job)]
    moved = f"{told['moved_count']:,} of {told['article_count']:,} articles change their cluster ({told['churn']:.1%})"
    counts = f"{told['merged_count']:,} merged into others, {told['split_count']:,} split, {told['opened_count']:,} new"
    return [
        f"{moved}; adjusted Rand index {told['agreement']:.4f}",
        f"{told['former_cluster_count']:,} clusters become {told['cluster_count']:,}: {counts}",
        _end(job),
    ]


def _end(job: Job) -> str:
    if job.state is JobState.ACTIVATED:
        return (
            f"Activated by event {job.event_seq:,}; `storyfold reindex --rollback` brings the former generation back."
        )
    if job.state is JobState.ROLLED_BACK:
        return f"Rolled back by event {job.rollback_seq:,}; the former generation is in force."
    if job.state is JobState.DISCARDED:
        return "Nothing was changed, and what was built is discarded."
    return "Nothing was changed so far: `storyfold reindex --activate` puts it into force, --discard gives it up."
