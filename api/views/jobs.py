"""A re-index, turned into sentences: how far it is, what it would change, what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from api.views.times import lapse
from api.views.wording import counted, percent

Json = Mapping[str, Any]


class Act(NamedTuple):
    """What can be done with a job: its name in an address, what the button says, and what comes of it."""

    name: str
    button: str
    follows: str


AT_WORK: Final = frozenset({"building", "activating", "rolling_back"})
ACTS: Final[Mapping[str, tuple[Act, ...]]] = {
    "building": (Act("discard", "Cancel it", "Nothing changes for readers; what was built so far is erased."),),
    "ready": (
        Act(
            "activate",
            "Put it into force",
            "For everyone, at once. Old addresses go on answering; it can be taken back.",
        ),
        Act("discard", "Discard it", "Nothing changes for readers; what was built is erased."),
    ),
    "activated": (
        Act(
            "rollback",
            "Bring the former clustering back",
            "Articles that came in since stay, and are decided by the former settings; editors' decisions hold.",
        ),
    ),
}
"""What can be done with a job in each state."""
SETTINGS: Final[Mapping[str, str]] = {
    "coverage": "Share of its words that another text must cover to make it a copy",
    "length_ratio": "Share of the other's length that a copy has at least",
    "cluster_window_days": "Days for which an event can be joined",
    "copy_window_days": "Days for which an article can be copied",
    "keep_articles": "Newest articles that are compared with however old they are",
    "shingle_size": "Words in a row that are compared",
    "bands": "Bands of a signature: more find more copies",
    "rows": "Rows of a band: more find fewer false candidates",
    "bucket_cap": "Like texts that are looked at in a flood of them",
    "posting_cap": "Articles with the same word that are looked at",
    "prior": "Use word frequencies that were counted elsewhere",
}
"""What each setting means to an editor, those first that are changed most."""
_STATES: Final[Mapping[str, str]] = {
    "building": "being built",
    "ready": "ready to look at",
    "activating": "being put into force",
    "activated": "in force",
    "rolling_back": "being taken back",
}
_MOVED: Final[Mapping[str, str]] = {
    "activated": "came to another cluster",
    "rolling_back": "came to another cluster",
    "rolled_back": "had come to another cluster",
    "discarded": "would have been in another cluster",
}


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


def other_settings(job: Json, present: Json) -> list[str]:
    """Return by which settings a job differs from those in force."""
    differing = [name for name in SETTINGS if job["settings"][name] != present[name]]
    return [f"{SETTINGS[name]}: {_plain(job['settings'][name])}, now {_plain(present[name])}" for name in differing]


def churn_of(difference: Json, state: str) -> list[str]:
    """Return what a new clustering changes, in sentences."""
    moved = f"{counted(difference['moved_count'], 'article')} of {difference['article_count']:,}"
    clusters = f"{counted(difference['cluster_count'], 'cluster')} instead of {difference['former_cluster_count']:,}"
    merged, split, opened = (difference[f"{fate}_count"] for fate in ("merged", "split", "opened"))
    return [
        f"{moved} {_MOVED.get(state, 'would be in another cluster')}: {percent(difference['churn'])} churn.",
        f"{clusters}: {merged:,} merged, {split:,} split, {opened:,} new.",
        f"Agreement with the clustering before: {percent(difference['agreement'])}; 100 % is the same, 0 % is chance.",
    ]


def _plain(value: float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.6g}"
