"""Many articles at once, without a store: in what order they go, and where each ends up.

Batch order is (`published_at`, first seen): articles of one moment keep the order in which they came,
and the undated follow the dated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from dedupe import ids
from dedupe.article import EARLIEST_PLAUSIBLE, Article
from dedupe.cli.progress import Reporter
from dedupe.engine import Engine, Submission
from dedupe.events import Event, EventKind
from dedupe.settling import read_groups
from dedupe.store.discard import DiscardStore

GROUP_ARTICLES: Final = 256
_UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When everything is received if nothing is dated."""
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Short of the last moment that there is, as `EARLIEST_PLAUSIBLE` is of the first: the engine looks around."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one article ended up; ``duplicate_of`` is the position of the article it was copied from."""

    cluster_id: str
    duplicate_group_id: str | None
    duplicate_of: int | None


class Followed:
    """Where articles are by now, from the events that placed and moved them."""

    def __init__(self) -> None:
        self._cluster_of: dict[str, str] = {}
        self._group_of: dict[str, str] = {}
        self._original_of: dict[str, str] = {}
        self._absorbed_by: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        """Take note of one event."""
        if event.kind is EventKind.MERGED:
            self._absorbed_by[event.from_cluster_id or ""] = event.cluster_id
            return
        if event.kind is EventKind.SPLIT:
            self._cluster_of |= dict.fromkeys(event.moved_articles, event.cluster_id)
            return
        article_id = event.article_id or ""
        self._cluster_of[article_id] = event.cluster_id
        if event.kind is EventKind.COPIED:
            original, group = event.detail["duplicate_of"]["article_id"], event.detail["duplicate_group_id"]
            self._original_of[article_id] = original
            self._group_of[article_id] = group
            self._group_of.setdefault(original, group)

    def placement(self, article_id: str, positions: Sequence[int]) -> Placement:
        """Return where an article is; ``positions`` leads from the number in its id to its position."""
        cluster_id = self._cluster_of[article_id]
        while cluster_id in self._absorbed_by:
            cluster_id = self._absorbed_by[cluster_id]
        original = self._original_of.get(article_id)
        return Placement(
            cluster_id,
            self._group_of.get(article_id),
            None if original is None else positions[ids.decode("art", original)],
        )


def cluster_batch(
    articles: Sequence[Article | None], report: Reporter, engine: Engine | None = None
) -> list[Placement]:
    """Return where each article ends up, in the order given; None, an article without words, is alone.

    Ids follow from the place in batch order, so that the order of lines in a file of dated articles
    makes no difference. ``engine`` is a new one, the shipped one if none is given.
    """
    followed = Followed()
    engine = engine or Engine(DiscardStore())
    engine.subscribe(followed)
    positions = batch_order(articles)
    waiting = _submissions(articles, positions)
    groups = iter(lambda: list(islice(waiting, GROUP_ARTICLES)), [])
    done = 0
    for group, readings in read_groups(groups, engine.settings):
        engine.add_all(group, readings)
        done += len(group)
        report(done, done)
    placements = [Placement("", None, None)] * len(articles)
    for number, position in enumerate(positions):
        is_placed = articles[position] is not None
        article_id = ids.encode("art", number)
        placements[position] = followed.placement(article_id, positions) if is_placed else _alone(number)
    return placements


def batch_order(articles: Sequence[Article | None]) -> list[int]:
    """Return positions in the order in which the engine takes them."""
    dated = [position for position, article in enumerate(articles) if _is_dated(article)]
    undated = [position for position, article in enumerate(articles) if not _is_dated(article)]
    return sorted(dated, key=lambda position: _published(articles[position], _UNDATED)) + undated


def _submissions(articles: Sequence[Article | None], positions: Sequence[int]) -> Iterator[Submission]:
    """Yield articles as if each had come in when it was published, the undated with the last of the dated."""
    received_at = _published(articles[positions[0]], _UNDATED) if positions else _UNDATED
    received_at = max(received_at, EARLIEST_PLAUSIBLE)
    for number, position in enumerate(positions):
        article = articles[position]
        if article is not None:
            received_at = min(max(received_at, _published(article, received_at)), _LATEST)
            yield Submission(article=article, article_id=ids.encode("art", number), received_at=received_at)


def _is_dated(article: Article | None) -> bool:
    return article is not None and article.published_at is not None


def _published(article: Article | None, otherwise: datetime) -> datetime:
    return article.published_at if article and article.published_at else otherwise


def _alone(number: int) -> Placement:
    # The engine's events are numbered from 1: nobody else's cluster has this id.
    return Placement(ids.encode("clu", ids.derive("clu", number, 0)), None, None)
