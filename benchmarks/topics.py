"""Events among the articles most like them, of other times: what is alike there, and is certainly not one event.

Labelled sets tell of few days, in which two articles on one topic mostly are one event. A stream of years says of
unlabelled articles, too, that they are not: by their dates, months apart, whether the engine is told of them, of none,
or of others: what a town has of ports, people and feuds comes up every week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from streams import Labelled, Set, Times, gold_of, labelled, moment_of, published, rows

FAR: Final = timedelta(days=60)
"""Articles so far apart in time are not of one event."""
AT_ONCE: Final = timedelta(days=3)
TOPICS: Final = 500
MEMBERS: Final = 5
ALIKE: Final = 14
TOGETHER: Final = (1, 8, 64)
"""A third of the topics each: alone in an index of their own, or in one with so many others."""
READ_CHARACTERS: Final = 3_000
COMPARED: Final = 4_000

Row = dict[str, Any]


class Topic(NamedTuple):
    """Articles of one event, and the most similar ones of other times, of which no two are near in time."""

    event: list[int]
    alike: list[int]


def topics(part: Set, shuffle: int) -> Iterator[list[Labelled]]:
    """Yield streams of one topic or several, each to be clustered on its own; ``shuffle`` is the seed of every draw."""
    articles, found = _found(part.name)
    draw = np.random.default_rng(shuffle)
    received_at = max(map(moment_of, articles))
    for lot in _lots(found):
        drawn = [placed for topic in lot for placed in _drawn(topic, articles, part, draw)]
        yield [
            labelled(articles[number], place, part.form, Times(moment if part.dated else None, received_at))
            for place, (moment, number) in enumerate(drawn)
        ]


def _lots(found: Sequence[Topic]) -> Iterator[Sequence[Topic]]:
    third = -(-len(found) // len(TOGETHER))
    for number, together in enumerate(TOGETHER):
        share = found[number * third : (number + 1) * third]
        yield from (share[at : at + together] for at in range(0, len(share), together))


def _drawn(topic: Topic, articles: Sequence[Row], part: Set, draw: np.random.Generator) -> list[tuple[datetime, int]]:
    """Return an event with some of the articles like it, the nearest or any of them, by time or in any order."""
    count = draw.integers(len(topic.alike) + 1)
    alike = topic.alike if draw.random() < 0.5 else draw.permutation(topic.alike).tolist()
    dates = {number: moment_of(articles[number]) for number in topic.event + alike[:count]}
    if part.at_once:
        dates |= {number: dates[topic.event[0]] + draw.uniform(-1, 1) * AT_ONCE for number in alike[:count]}
    order = [(dates[number], number) for number in draw.permutation([*dates]).tolist()]
    return sorted(order) if part.dated and draw.random() < 0.5 else order


@cache
def _found(name: str) -> tuple[list[Row], list[Topic]]:
    """Return the dated articles of a set, and the topics of its events of two articles and more."""
    articles = [row for row in rows(name) if (row.get("title") or row.get("text")) and published(row)]
    events: dict[str, list[int]] = {}
    for place, row in enumerate(articles):
        if gold := gold_of(row):
            events.setdefault(gold, []).append(place)
    draw = np.random.default_rng(0)
    several = [members for members in events.values() if len(members) > 1]
    chosen = [several[at] for at in draw.permutation(len(several))[:TOPICS]]
    texts = (f"{row.get('title') or ''} {(row.get('text') or '')[:READ_CHARACTERS]}" for row in articles)
    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.2).fit_transform(texts)
    seconds = np.array([moment_of(row).timestamp() for row in articles])
    found = []
    for members in chosen:
        event: list[int] = draw.permutation(members)[:MEMBERS].tolist()
        likeness = vectors @ np.asarray(vectors[event].mean(axis=0)).ravel()
        found.append(Topic(event, _far_apart(event, np.argsort(-likeness)[:COMPARED], seconds)))
    return articles, found


def _far_apart(event: list[int], nearest: NDArray[np.int64], seconds: NDArray[np.float64]) -> list[int]:
    """Return the first of ``nearest`` that are far in time from the event and from each other."""
    alike: list[int] = []
    for place in nearest.tolist():
        if np.abs(seconds[event + alike] - seconds[place]).min() > FAR.total_seconds():
            alike.append(place)
        if len(alike) == ALIKE:
            break
    return alike
