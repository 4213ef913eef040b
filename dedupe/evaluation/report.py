"""From labels and predictions to everything worth knowing, as JSON and as a text table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dedupe.errors import UnreadableInput
from dedupe.evaluation.breakdown import Disagreement, Slice, by_event_size, by_language, worst_false, worst_missed
from dedupe.evaluation.copies import CopyScores, score_copies
from dedupe.evaluation.gold import Gold, Prediction
from dedupe.evaluation.metrics import Agreement, ClusterScores, Overlap, score_clusters

EXAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One evaluation. ``clusters`` is None without labelled events, ``copies`` without labelled copies."""

    clusters: ClusterScores | None
    copies: CopyScores | None
    sizes: tuple[Slice, ...] = ()
    languages: tuple[Slice, ...] = ()
    false: tuple[Disagreement, ...] = ()
    missed: tuple[Disagreement, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "clusters": _clusters_json(self.clusters) if self.clusters else None,
            "copies": _copies_json(self.copies) if self.copies else None,
            "by_event_size": [_slice_json(part) for part in self.sizes],
            "by_language": [_slice_json(part) for part in self.languages],
            "worst_false": [asdict(pair) for pair in self.false],
            "worst_missed": [asdict(pair) for pair in self.missed],
        }


def evaluate(gold: Gold, predictions: Mapping[str, Prediction]) -> Report:
    """Compare predictions with labels; raise `UnreadableInput` unless they are about the same articles."""
    missing = [article_id for article_id in gold.ids if article_id not in predictions]
    if missing:
        raise UnreadableInput(
            f"articles with a line of gold but no prediction: {len(missing)}, the first {missing[0]!r}"
        )
    unknown = sorted(predictions.keys() - set(gold.ids))
    if unknown:
        raise UnreadableInput(f"predictions without a line of gold: {len(unknown)}, the first {unknown[0]!r}")
    copies = None
    if gold.copies:
        copies = score_copies({i: predictions[i].duplicate_group_id for i in gold.ids}, gold.copies, EXAMPLES)
    if not gold.events:
        return Report(clusters=None, copies=copies)
    predicted = {article_id: predictions[article_id].cluster_id for article_id in gold.events}
    overlap = Overlap(list(predicted.values()), list(gold.events.values()))
    return Report(
        clusters=score_clusters(list(predicted.values()), list(gold.events.values())),
        copies=copies,
        sizes=tuple(by_event_size(overlap)),
        languages=tuple(by_language(overlap, [gold.languages[article_id] for article_id in gold.events])),
        false=tuple(worst_false(predicted, gold.events, EXAMPLES)),
        missed=tuple(worst_missed(predicted, gold.events, EXAMPLES)),
    )


def _clusters_json(scores: ClusterScores) -> dict[str, Any]:
    plain = asdict(scores)
    return plain | {"bcubed": _agreement_json(scores.bcubed), "pairs": _agreement_json(scores.pairs)}


def _copies_json(scores: CopyScores) -> dict[str, Any]:
    return asdict(scores) | _agreement_json(scores.agreement)


def _slice_json(part: Slice) -> dict[str, Any]:
    return {"name": part.name, "article_count": part.article_count} | _agreement_json(part.bcubed)


def _agreement_json(agreement: Agreement) -> dict[str, float]:
    return {"precision": agreement.precision, "recall": agreement.recall, "f1": agreement.f1}
