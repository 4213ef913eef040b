"""Why an article is where it is: the figures of the decision as recorded, and the words behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dedupe.archive import NOW, Archive, Placed
from dedupe.comparison import Passage, SharedTerm, passages_of, runs_between, shared_terms
from dedupe.errors import UnknownArticle, WithdrawnArticle
from dedupe.events import Decision, DuplicateOf
from dedupe.history import LaterEvent, later_events
from dedupe.reasons import JoinReason, join_reason, summary
from dedupe.weighing import shared_weights


class TextState(StrEnum):
    """Whether a text is still the one that a decision was made with."""

    AS_IT_WAS = "as_it_was"
    REVISED_SINCE = "revised_since"
    TAKEN_DOWN = "taken_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestArticle:
    """The article that came nearest: a copy's original, else the most similar member of the cluster in question.

    ``seconds_after`` is how long after it the explained article was published, negative for before, None
    where a date is missing.
    """

    article_id: str
    text_state: TextState
    title: str | None = None
    source: str | None = None
    published_at: datetime | None = None
    seconds_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an article is where it is.

    ``placed_in`` is the cluster that the event ``seq`` put it in, ``cluster_id`` where it is now; ``later``
    tells what came between. ``similarity`` is the cosine with the nearest article and ``terms`` what adds
    most to it, weighed as at the time; ``passages`` are shared with it, the left being this article.
    """

    article_id: str
    cluster_id: str
    decision: Decision
    seq: int
    decided_at: datetime
    revision: int
    placed_in: str
    summary: str
    duplicate_of: DuplicateOf | None
    duplicate_group_id: str | None
    join: JoinReason | None
    nearest: NearestArticle | None
    similarity: float | None
    terms: tuple[SharedTerm, ...]
    passages: tuple[Passage, ...]
    passages_left_out: int
    later: tuple[LaterEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    nearest: NearestArticle | None = None
    similarity: float | None = None
    terms: tuple[SharedTerm, ...] = ()
    passages: tuple[Passage, ...] = ()
    passages_left_out: int = 0


def explain(archive: Archive, article_id: str) -> Explanation:
    """Return why an article is where it is; raise `UnknownArticle` or `WithdrawnArticle`."""
    placed = archive.placed(article_id)
    event, assignment = placed.event, placed.stored.assignment
    copied, join = event.detail.get("duplicate_of"), join_reason(event)
    shared = _shared(archive, placed, copied["article_id"] if copied else event.detail.get("nearest"))
    return Explanation(
        article_id=article_id,
        cluster_id=assignment.cluster_id,
        decision=assignment.decision,
        seq=event.seq,
        decided_at=event.at,
        revision=placed.stored.revision,
        placed_in=event.cluster_id if archive.knows(event.cluster_id) else assignment.cluster_id,
        summary=summary(event, join),
        duplicate_of=DuplicateOf(**copied) if copied else None,
        duplicate_group_id=assignment.duplicate_group_id,
        join=join,
        nearest=shared.nearest,
        similarity=shared.similarity,
        terms=shared.terms,
        passages=shared.passages,
        passages_left_out=shared.passages_left_out,
        later=later_events(archive, placed),
    )


def _shared(archive: Archive, placed: Placed, nearest_id: str | None) -> _Shared:
    """Return what an article shares with the one that came nearest."""
    if nearest_id is None:
        return _Shared()
    if nearest_id == placed.stored.article_id:  # its own text before the revision, which is not kept
        return _Shared(nearest=NearestArticle(article_id=nearest_id, text_state=TextState.REVISED_SINCE))
    try:
        nearest = archive.placed(nearest_id)
    except (UnknownArticle, WithdrawnArticle):
        return _Shared(nearest=NearestArticle(article_id=nearest_id, text_state=TextState.TAKEN_DOWN))
    was_placed_before = nearest.event.seq < placed.event.seq
    ours = archive.weigh(placed.reading, placed.event.seq)
    theirs = archive.weigh(nearest.reading, nearest.event.seq if was_placed_before else NOW)
    runs = runs_between(placed.reading, nearest.reading, archive.shingle_size)
    passages, left_out = passages_of(runs, (placed.reading, nearest.reading))
    return _Shared(
        nearest=_described(placed, nearest, TextState.AS_IT_WAS if was_placed_before else TextState.REVISED_SINCE),
        similarity=round(sum(shared_weights(ours, theirs).values()), 4),
        terms=shared_terms(ours, theirs),
        passages=passages,
        passages_left_out=left_out,
    )


def _described(placed: Placed, nearest: Placed, state: TextState) -> NearestArticle:
    article = nearest.reading.article
    apart = placed.reading.time - nearest.reading.time
    return NearestArticle(
        article_id=nearest.stored.article_id,
        text_state=state,
        title=nearest.stored.headline,
        source=article.source,
        published_at=article.published_at,
        seconds_after=apart if apart == apart else None,  # noqa: PLR0124  NaN is the number unequal to itself
    )
