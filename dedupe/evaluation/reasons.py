"""Why two articles are together, or are not: what the engine decided of the later one, in words and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.decision import JoinModel
from dedupe.evaluation.decisions import Candidate, Decided, Decisions, Merge, Split
from dedupe.evaluation.likeness import Likeness, Texts

STRONGEST: Final = 4
SURE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Pull:
    """A feature, its value, and by how much it moved the log-odds from what the run's typical value gives."""

    feature: str
    value: float
    pull: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What decided: a sentence, how probable the cluster in question was, the strongest features, the likeness."""

    told: str
    probability: float | None = None
    pulls: tuple[Pull, ...] = ()
    likeness: Likeness | None = None


class Explainer:
    """Answers for the pairs of one run."""

    def __init__(self, decisions: Decisions, model: JoinModel, texts: Texts) -> None:
        self._decisions = decisions
        self._model = model
        self._texts = texts
        seen = [taken.features for taken in decisions.in_order() if isinstance(taken, Decided)]
        rows = [row for row in seen if row is not None]
        self._typical = np.median(rows, axis=0) if rows else np.empty(0)

    def explain(self, pair: tuple[str, str]) -> Reason:
        """Say why two articles are where they are."""
        first, second = (self._decisions.of(article_id) for article_id in self._decisions.stream_order(pair))
        if first is None or second is None:
            return Reason(told="One of them has no words to compare, or is not among the articles.")
        likeness = self._texts.likeness(first.article_id, second.article_id)
        if second.duplicate_of:
            return Reason(told=_copied(second), likeness=likeness)
        before = self._decisions.cluster_at(first.article_id, second.seq)
        change = self._decisions.between(first.article_id, second.article_id)
        if isinstance(change, Split):
            told = f"They were together until {change.article_id} came: the cluster had become two events."
            return Reason(told=told, likeness=likeness)
        if second.cluster_id == before:
            return self._joined(second, likeness)
        if isinstance(change, Merge):
            told = f"{self._alone(second, before)} The two clusters were merged when {change.article_id} came."
            return Reason(told=told, likeness=likeness)
        return self._apart(second, before, likeness)

    def _joined(self, second: Decided, likeness: Likeness) -> Reason:
        best = second.best or Candidate("", 1.0)
        other = f"; the next cluster had {second.runner_up.probability:.2f}" if second.runner_up else ""
        told = f"{second.article_id} joined at {best.probability:.2f} (threshold {self._model.threshold:.2f}){other}."
        return Reason(told=told, probability=best.probability, pulls=self._pulls(second), likeness=likeness)

    def _apart(self, second: Decided, wanted: str, likeness: Likeness) -> Reason:
        is_about_it = second.best is not None and second.best.cluster_id == wanted
        probability = second.best.probability if second.best and is_about_it else None
        pulls = self._pulls(second) if is_about_it else ()
        return Reason(told=self._alone(second, wanted), probability=probability, pulls=pulls, likeness=likeness)

    def _alone(self, second: Decided, wanted: str) -> str:
        """Say what became of an article, and how near it was to the cluster ``wanted``."""
        joined = second.best is not None and second.best.cluster_id == second.cluster_id
        what = "joined another cluster" if joined else "opened a cluster of its own"
        told = f"{second.article_id} {what}"
        if joined and second.best:
            told += f" at {second.best.probability:.2f}"
        for candidate in (second.best, second.runner_up):
            if candidate and candidate.cluster_id == wanted:
                return f"{told}: this one had {candidate.probability:.2f} (threshold {self._model.threshold:.2f})."
        if second.best is None:
            return f"{told}: nothing that it shares a telling term with was there."
        if joined:
            return f"{told}: this one did not come second."
        return f"{told}: another cluster came nearest, with {second.best.probability:.2f}."

    def _pulls(self, decided: Decided) -> tuple[Pull, ...]:
        row = decided.features
        if row is None:
            return ()
        moved = pulls(self._model, row, self._typical)
        strongest = np.argsort(-np.abs(moved), kind="stable")[:STRONGEST].tolist()
        names = self._decisions.feature_names
        return tuple(Pull(names[at], float(row[at]), round(float(moved[at]), 3)) for at in strongest if moved[at])


def pulls(model: JoinModel, row: NDArray[np.float64], typical: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each feature by how much the log-odds fall when its value is replaced by the typical one."""
    rows = np.tile(row, (len(row) + 1, 1))
    np.fill_diagonal(rows, typical)
    odds = np.clip(model.probabilities(rows), SURE, 1.0 - SURE)
    log_odds = np.log(odds / (1.0 - odds))
    moved: NDArray[np.float64] = log_odds[-1] - log_odds[:-1]
    return moved


def _copied(second: Decided) -> str:
    copied = second.duplicate_of
    if copied is None:
        return ""
    return (
        f"{second.article_id} was taken for a copy of {copied.article_id}:"
        f" containment {copied.containment:.2f}, Jaccard {copied.jaccard:.2f}."
    )
