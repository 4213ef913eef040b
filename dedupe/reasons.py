"""A recorded event, turned into the reasons for it: figures that add up to the decision, and sentences about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from dedupe.clusters.attribution import Attribution, attribute, decided_by
from dedupe.events import DuplicateOf, Event, EventKind, RunnerUp
from dedupe.sentences import OF_TIME_OR_SIZE, sentence, share

Detail = Mapping[str, Any]

NEARLY: Final = 0.75
"""So much of what the weightiest feature adds counts nearly as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureReason:
    """A feature as it was recorded, what it added to the log-odds (None where the model is not known), in words."""

    name: str
    value: float
    contribution: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinReason:
    """How probable it was that the article belongs to ``cluster_id``, and what that came from.

    ``base`` and all contributions add up to ``log_odds``, whose logistic function is ``probability``.
    ``margin`` is what the probability has beyond the ``threshold``, ``lead`` what it has beyond the
    ``runner_up``. What depends on the model is None when it is not one that shipped.
    """

    cluster_id: str
    probability: float
    threshold: float | None
    margin: float | None
    runner_up: RunnerUp | None
    lead: float | None
    model: int | None
    base: float | None
    log_odds: float | None
    features: tuple[FeatureReason, ...]


def join_reason(event: Event) -> JoinReason | None:
    """Return why an article joined a cluster, or did not join the nearest; None where there was nothing near."""
    detail = event.detail
    if "features" not in detail:
        return None
    cluster_id, probability, runner_up = _in_question(event)
    model = decided_by(detail.get("model"), detail["features"], probability)
    attribution = attribute(model, detail["features"]) if model else None
    return JoinReason(
        cluster_id=cluster_id,
        probability=probability,
        threshold=model.threshold if model else None,
        margin=round(probability - model.threshold, 4) if model else None,
        runner_up=runner_up,
        lead=round(probability - runner_up.confidence, 4) if runner_up else None,
        model=model.version if model else detail.get("model"),
        base=attribution.base if attribution else None,
        log_odds=attribution.log_odds if attribution else None,
        features=_features(detail["features"], attribution),
    )


def _in_question(event: Event) -> tuple[str, float, RunnerUp | None]:
    """Return the cluster that the features are about, its probability, and the cluster that came second."""
    detail = event.detail
    rival = RunnerUp(**detail["runner_up"]) if "runner_up" in detail else None
    considered = detail.get("considered", event.cluster_id)
    if rival and (event.kind is EventKind.OPENED or rival.cluster_id == considered):
        return rival.cluster_id, rival.confidence, None
    return considered, detail["confidence"], rival


def _features(values: Mapping[str, float], attribution: Attribution | None) -> tuple[FeatureReason, ...]:
    reasons = [
        FeatureReason(
            name=name,
            value=value,
            contribution=attribution.contributions[name] if attribution else None,
            sentence=sentence(name, value),
        )
        for name, value in values.items()
    ]
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution or 0.0)))


def summary(event: Event, join: JoinReason | None) -> str:
    """Return the decision in a few sentences."""
    if "duplicate_of" in event.detail:
        return _copied(DuplicateOf(**event.detail["duplicate_of"]), revised=event.kind is EventKind.REVISED)
    if event.kind is EventKind.COPIED:
        return "It is a copy, of an article that cannot be looked at now."
    if event.kind is EventKind.REVISED:
        return _revised(event, join)
    if join is None:
        return "It opened a cluster: nothing that came before, and is still looked at, shares its telling words."
    if event.kind is EventKind.OPENED:
        return f"It opened a cluster: the nearest one fits with {_against(join)}.{_most(join, -1)}"
    return _joined(len(event.detail.get("also_in", ())), join)


def _joined(others: int, join: JoinReason) -> str:
    if others:
        told = f"it tells of this event and of {others} more, each in a part of its own, and weighs in none of them"
        return f"It is a round-up: {told}. It tells of this one first, which it fits with {_against(join)}."
    rival = f", the runner-up had {share(join.runner_up.confidence, 3)}" if join.runner_up else ""
    return f"It joined with {_against(join)}{rival}.{_most(join, 1)}"


def _copied(copied: DuplicateOf, *, revised: bool) -> str:
    opening = "It is a revision of a copy" if revised else "It is a copy"
    return (
        f"{opening}: {share(copied.containment)} of the shorter text's passages of five words are in the other, "
        f"{share(copied.jaccard)} of all passages are in both."
    )


def _revised(event: Event, join: JoinReason | None) -> str:
    if event.from_cluster_id is None:
        fits = f" The figures say how its new text fitted the nearest cluster: with {_against(join)}." if join else ""
        return f"It is a revision and stayed where it was.{fits}"
    if "founded" in event.detail:
        fits = f": the nearest one fits with {_against(join)}" if join else ""
        return f"It is a revision with another text, and opened a cluster of its own{fits}."
    fits = f", which it fits with {_against(join)}" if join else ""
    return f"It is a revision with another text, and went to another cluster{fits}."


def _against(join: JoinReason) -> str:
    needed = f", where {share(join.threshold, 3)} is needed" if join.threshold is not None else ""
    return f"a probability of {share(join.probability, 3)}{needed}"


def _most(join: JoinReason, sign: int) -> str:
    """Return what spoke most for the decision, or against it.

    An editor can check what the texts say: where that counts nearly as much as the weightiest, it comes first.
    """
    speaking = [(sign * (reason.contribution or 0.0), reason) for reason in join.features]
    most, weightiest = max(speaking, key=itemgetter(0), default=(0.0, None))
    if weightiest is None or most <= 0:
        return ""
    said = (reason for weight, reason in speaking if weight >= NEARLY * most and reason.name not in OF_TIME_OR_SIZE)
    told = dict.fromkeys([next(said, weightiest), weightiest])
    return f" What spoke most {'for' if sign > 0 else 'against'} it: {' '.join(one.sentence for one in told)}"
