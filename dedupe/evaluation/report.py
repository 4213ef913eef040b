"""From labels and predictions to everything worth knowing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from dedupe.clusters.decision import JoinModel
from dedupe.errors import UnreadableInput
from dedupe.evaluation.breakdown import (
    Disagreement,
    SizeCount,
    Slice,
    by_event_size,
    by_language,
    count_sizes,
    worst_false,
    worst_missed,
)
from dedupe.evaluation.copies import CopyScores, Pair, copies_by_language, score_copies
from dedupe.evaluation.decisions import Decisions
from dedupe.evaluation.gold import Gold, Prediction
from dedupe.evaluation.likeness import Texts
from dedupe.evaluation.metrics import Agreement, ClusterScores, Overlap, score_clusters
from dedupe.evaluation.reasons import Explainer, Reason
from dedupe.evaluation.sweep import Histogram, Point, offers, probabilities, similarities, sweep

EXAMPLES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run that made the predictions, where it was watched: its decisions, the model, and the texts."""

    decisions: Decisions
    model: JoinModel
    texts: Texts

    def in_stream_order(self, gold: Gold) -> Gold:
        """Return the labels in the order in which the articles came."""
        order = self.decisions.stream_order(list(gold.events))
        return replace(gold, events={article_id: gold.events[article_id] for article_id in order})


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What a watched run shows beyond its result: see `dedupe.evaluation.sweep`."""

    threshold: float
    points: tuple[Point, ...]
    probabilities: tuple[Histogram, ...]
    similarities: tuple[Histogram, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One evaluation. ``clusters`` is None without labelled events, ``copies`` without labelled copies.

    ``curves`` is None and ``reasons`` is empty when the run was not watched. The reasons are those of the
    pairs in ``copies``; errors about events carry theirs.
    """

    clusters: ClusterScores | None
    copies: CopyScores | None
    unlabelled_count: int = 0
    sizes: tuple[Slice, ...] = ()
    languages: tuple[Slice, ...] = ()
    copy_languages: tuple[Slice, ...] = ()
    size_counts: tuple[SizeCount, ...] = ()
    false: tuple[Disagreement, ...] = ()
    missed: tuple[Disagreement, ...] = ()
    curves: Curves | None = None
    reasons: Mapping[Pair, Reason] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "clusters": _clusters_json(self.clusters) if self.clusters else None,
            "copies": _copies_json(self.copies, self.reasons or {}) if self.copies else None,
            "unlabelled_count": self.unlabelled_count,
            "has_reasons": self.reasons is not None,
            "by_event_size": [_slice_json(part) for part in self.sizes],
            "by_language": [_slice_json(part) for part in self.languages],
            "copies_by_language": [_slice_json(part) for part in self.copy_languages],
            "sizes": [asdict(part) for part in self.size_counts],
            "worst_false": [asdict(pair) for pair in self.false],
            "worst_missed": [asdict(pair) for pair in self.missed],
            "curves": asdict(self.curves) if self.curves else None,
        }


def evaluate(gold: Gold, predictions: Mapping[str, Prediction], run: Run | None = None) -> Report:
    """Compare predictions with labels, those of a watched ``run`` with reasons.

    Predictions for articles that the labels do not know are not scored. Raises `UnreadableInput` when an
    article of the labels has none.
    """
    missing = [article_id for article_id in gold.ids if article_id not in predictions]
    if missing:
        raise UnreadableInput(
            f"articles with a line of gold but no prediction: {len(missing)}, the first {missing[0]!r}; cluster"
            " the same articles that are labelled"
        )
    explainer = Explainer(run.decisions, run.model, run.texts) if run else None
    report = _with_copies(_events(run.in_stream_order(gold) if run else gold, predictions, run), gold, predictions)
    report = replace(report, unlabelled_count=len(predictions) - len(gold.events))
    return _explained(report, explainer) if explainer else report


def _events(gold: Gold, predictions: Mapping[str, Prediction], run: Run | None) -> Report:
    """Return what can be said about events."""
    if not gold.events:
        return Report(clusters=None, copies=None)
    predicted = {article_id: predictions[article_id].cluster_id for article_id in gold.events}
    overlap = Overlap(list(predicted.values()), list(gold.events.values()))
    return Report(
        clusters=score_clusters(list(predicted.values()), list(gold.events.values())),
        copies=None,
        sizes=tuple(by_event_size(overlap)),
        languages=tuple(by_language(overlap, [gold.languages[article_id] for article_id in gold.events])),
        size_counts=tuple(count_sizes(overlap)),
        false=tuple(worst_false(predicted, gold.events, EXAMPLES)),
        missed=tuple(worst_missed(predicted, gold.events, EXAMPLES)),
        curves=_curves(run, predicted, gold.events) if run else None,
    )


def _with_copies(report: Report, gold: Gold, predictions: Mapping[str, Prediction]) -> Report:
    if gold.copies is None:
        return report
    groups = {article_id: predictions[article_id].duplicate_group_id for article_id in gold.ids}
    scored = copies_by_language(groups, gold.copies, gold.languages)
    counts = Counter(gold.languages[article_id] for article_id in gold.ids)
    return replace(
        report,
        copies=score_copies(groups, gold.copies, EXAMPLES),
        copy_languages=tuple(Slice(language, counts[language], scores.agreement) for language, scores in scored),
    )


def _curves(run: Run, predicted: Mapping[str, str], events: Mapping[str, str]) -> Curves:
    made = list(offers(run.decisions, events))
    return Curves(
        threshold=run.model.threshold,
        points=tuple(sweep(made)),
        probabilities=tuple(probabilities(made)),
        similarities=tuple(similarities(run.texts, predicted, events)),
    )


def _explained(report: Report, explainer: Explainer) -> Report:
    """Add the reasons for every error that is shown."""
    pairs = [*report.copies.false_pairs, *report.copies.missed_pairs] if report.copies else []
    return replace(
        report,
        false=tuple(replace(error, reason=explainer.explain(error.example)) for error in report.false),
        missed=tuple(replace(error, reason=explainer.explain(error.example)) for error in report.missed),
        reasons={pair: explainer.explain(pair) for pair in pairs},
    )


def _clusters_json(scores: ClusterScores) -> dict[str, Any]:
    plain = asdict(scores)
    return plain | {"bcubed": _agreement_json(scores.bcubed), "pairs": _agreement_json(scores.pairs)}


def _copies_json(scores: CopyScores, reasons: Mapping[Pair, Reason]) -> dict[str, Any]:
    return {
        "labelled_count": scores.labelled_count,
        "true_count": scores.true_count,
        "false_count": scores.false_count,
        **_agreement_json(scores.agreement),
        "worst_false": [_copy_json(pair, reasons.get(pair)) for pair in scores.false_pairs],
        "worst_missed": [_copy_json(pair, reasons.get(pair)) for pair in scores.missed_pairs],
    }


def _copy_json(pair: Pair, reason: Reason | None) -> dict[str, Any]:
    return {"example": pair, "reason": asdict(reason) if reason else None}


def _slice_json(part: Slice) -> dict[str, Any]:
    return {"name": part.name, "article_count": part.article_count} | _agreement_json(part.agreement)


def _agreement_json(agreement: Agreement) -> dict[str, float]:
    return {"precision": agreement.precision, "recall": agreement.recall, "f1": agreement.f1}
