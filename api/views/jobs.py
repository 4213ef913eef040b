"""A re-index, turned into sentences: how far it is, what it would change, what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from api.views.times import lapse
from api.views.wording import counted, percent

AT_WORK: Final = frozenset({"building", "activating", "rolling_back"})
ACTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "building": (("discard", "Cancel it"),),
    "ready": (("activate", "Put it into force"), ("discard", "Discard it")),
    "activated": (("rollback", "Bring the former clustering back"),),
}
"""What can be done with a job in each state, and what the button says."""
_STATES: Final[Mapping[str, str]] = {
    "building": "being built",
    "ready": "ready to look at",
    "activating": "being put into force",
    "activated": "in force",
    "rolling_back": "being taken back",
}

Json = Mapping[str, Any]


def state_of(job: Json) -> str:
    """Return in words where a job is.

    >>> state_of({"state": "ready"}), state_of({"state": "rolled_back"})
    ('ready to look at', 'rolled back')
    """
    return _STATES.get(job["state"], job["state"].replace("_", " "))


def progress_of(job: Json) -> str:
    """Return how far a job is and how long it will still take."""
    done = f"{job['articles_done']:,} of {counted(job['articles_total'], 'article')}"
    if job["state"] != "building":
        return done
    told = f"{done}, {job['articles_per_second']:,.0f} a second"
    left = job["seconds_left"]
    return told if left is None else f"{told}, {lapse(timedelta(seconds=left))} left"


def share_done(job: Json) -> float:
    """Return how much of a job is done, in percent."""
    done, total = int(job["articles_done"]), int(job["articles_total"])
    return round(100 * done / (total or 1), 1)


def churn_of(difference: Json) -> list[str]:
    """Return what a new clustering changes, in sentences."""
    moved = counted(difference["moved_count"], "article")
    fates = ", ".join(f"{difference[f'{fate}_count']:,} {fate}" for fate in ("merged", "split", "opened"))
    moved_of = f"{moved} of {difference['article_count']:,}"
    clusters = f"{counted(difference['cluster_count'], 'cluster')} instead of {difference['former_cluster_count']:,}"
    return [
        f"{moved_of} would be in another cluster: {percent(difference['churn'])} churn.",
        f"{clusters}: {fates}.",
        f"Of what is together now, {percent(difference['agreement'])} agrees.",
    ]
