"""The features of a decision, in words for an editor."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

_UNDATED: Final = 0.5
"""How close in time an article counts as where a date is missing: `dedupe.clusters.features` says so."""
_BRIEF: Final = "counted for brief texts only, the briefer the more"


def sentence(feature: str, value: float) -> str:
    """Return what a feature says; one that is not known here, by its name alone.

    >>> sentence("centroid", 0.4117)
    "Its words match the cluster's as a whole: .41."
    >>> sentence("sentiment_gap", 2.0)
    'Sentiment gap: 2.00.'
    >>> sentence("oldest", 0.5).partition(" (")[0], sentence("oldest", 0.5).partition("): ")[2]
    ("Closeness in time to the cluster's oldest article", '.50, as much as a missing date counts.')
    """
    if feature in _SENTENCES:
        return _SENTENCES[feature](value)
    return f"{feature.replace('_', ' ').capitalize()}: {share(value)}."


def share(value: float, decimals: int = 2) -> str:
    """Return a figure without the nought before its point.

    >>> share(0.4117), share(1.0), share(-0.25), share(0.0), share(0.556, 3)
    ('.41', '1.00', '-.25', '0', '.556')
    """
    written = f"{value:.{decimals}f}"
    if float(written) == 0:
        return "0"
    return written.replace("0.", ".", 1) if abs(value) < 1 else written


def span_of_time(seconds: float) -> str:
    """Return a length of time in the unit that suits it.

    >>> span_of_time(90), span_of_time(7_200), span_of_time(86_400 * 3)
    ('2 minutes', '2 hours', '3 days')
    """
    minutes = round(seconds / 60)
    if minutes < 60:
        return _counted(minutes, "minute")
    return _counted(round(minutes / 60), "hour") if minutes < 2_880 else _counted(round(minutes / 1_440), "day")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + "s" * (count != 1)


def _says(text: str) -> Callable[[float], str]:
    return lambda value: f"{text}: {share(value)}."


def _oldest(value: float) -> str:
    missing = ", as much as a missing date counts" if value == _UNDATED else ""
    closeness = "Closeness in time to the cluster's oldest article (1 is the same moment, .14 six days)"
    return f"{closeness}: {share(value)}{missing}."


def _dated(value: float) -> str:
    return "Both have a date." if value else "A date is missing, so time says little."


def _gap(value: float) -> str:
    seconds = math.expm1(value) * 86_400
    if seconds < 60:
        return "It was published while the cluster's articles were, or a date is missing."
    if seconds < 3_630:  # what is recorded of an hour is an hour within some seconds
        return "It was published within an hour of the cluster's articles."
    return f"It was published {span_of_time(seconds)} before or after the cluster's articles."


def _unshared(value: float) -> str:
    return (
        "Long reports of one event nearly always share a passage, if only a quotation: what is missing of that, "
        f"with the nearest article, counts {share(value)} (0 is nothing)."
    )


_SENTENCES: Final[Mapping[str, Callable[[float], str]]] = {
    "centroid": _says("Its words match the cluster's as a whole"),
    "mean": _says("Its words match those of each of the cluster's articles, on average"),
    "background": _says("Clusters that are probably about something else match its words up to"),
    "title_mean": _says("Its title matches the cluster's newest titles, on average"),
    "title_best": _says("Its title matches the nearest of the cluster's newest titles"),
    "breadth": lambda value: (
        f"What it shares with the nearest article is spread over about {_counted(round(math.expm1(value)), 'word')}."
    ),
    "rare": _says("Rare words make up this much of its match with the nearest article"),
    "unshared": _unshared,
    "oldest": _oldest,
    "dated": _dated,
    "gap": _gap,
    "inverse_size": lambda value: f"One divided by the number of the cluster's articles: {share(value)}.",
    "log_size": lambda value: f"The cluster had {_counted(round(math.exp(value)), 'article')} of its own text.",
    "log_length": lambda value: f"It is {_counted(round(math.expm1(value)), 'word')} long.",
    "log_length_best": lambda value: f"The nearest article is {_counted(round(math.expm1(value)), 'word')} long.",
    "brief_centroid": _says(f"Its words match the cluster's as a whole, {_BRIEF}"),
    "brief_best": _says(f"Its words match those of the nearest article, {_BRIEF}"),
    "brief_title": _says(f"Its title matches the nearest of the cluster's titles, {_BRIEF}"),
    "brief_breadth": _says(f"Over how many words its match with the nearest article is spread, {_BRIEF}"),
    "brief_undated": _says(f"A date is missing, {_BRIEF}"),
    "brief_rare": _says(f"Rare words in its match with the nearest article, {_BRIEF}"),
    "prominence": lambda value: (
        f"The nearest article matches it {math.exp(value):.1f} times as well as those of other clusters,"
        " on average, or as could be expected of them where there are few."
    ),
    "base_rate": lambda value: (
        f"About {100 * value:.0f} of 100 articles in its language join a cluster here; at first, 60 are assumed."
    ),
}
KNOWN: Final = frozenset(_SENTENCES)
OF_TIME_OR_SIZE: Final = frozenset(
    {
        "oldest",
        "dated",
        "gap",
        "inverse_size",
        "log_size",
        "log_length",
        "log_length_best",
        "brief_undated",
        "base_rate",
    }
)
"""Features that ask when or how much was written, or what else came in; all others ask what this text says."""
