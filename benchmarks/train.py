"""Learn the join decision from the development sets, and say how it does on a set it has not seen.

    python benchmarks/train.py                # learn from all sets, write data/model/join.json
    python benchmarks/train.py --leave-out    # also: each set by a model learned from the others

Two lots of decisions are learned from: those of streams clustered as the labels say, and those of
streams clustered by the model learned so far, twice over, so that it learns from its own mistakes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from learning import Examples, clusters_of, fit, forced_examples, free_examples, joined
from streams import Labelled, stream

from dedupe.clusters.decision import MODEL_FILE, JoinModel, shipped_model
from dedupe.clusters.features import FEATURES
from dedupe.evaluation.metrics import score_clusters

LIMITS = {
    "giveme5w": None, "ecbplus": None, "gedikli": None, "allsides": None, "allsides_leads": 4_000,
    "uci_headlines": 8_000,
}  # fmt: skip
ROUNDS = 2
THRESHOLD, MERGE_THRESHOLD = 0.36, 0.33


def main() -> None:
    """Learn, write the model, and print what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leave-out", action="store_true", help="also learn with each set left out in turn")
    arguments = parser.parse_args()
    streams = {name: list(stream(name, limit)) for name, limit in LIMITS.items()}
    examples = collect(streams)
    model = fit(list(examples.values()), THRESHOLD, MERGE_THRESHOLD)
    write(model, MODEL_FILE)
    for name, labelled in streams.items():
        print(f"{name}: {score(labelled, model):.3f}", flush=True)
        if arguments.leave_out:
            others = [part for other, part in examples.items() if other != name]
            print(f"{name}, left out: {score(labelled, fit(others, THRESHOLD, MERGE_THRESHOLD)):.3f}", flush=True)


def collect(streams: Mapping[str, Sequence[Labelled]]) -> dict[str, Examples]:
    """Return the examples of each set, after `ROUNDS` of learning from what the model does."""
    model = shipped_model()
    parts = {name: [forced_examples(labelled, model)] for name, labelled in streams.items()}
    for _ in range(ROUNDS):
        model = fit([joined(lots) for lots in parts.values()], THRESHOLD, MERGE_THRESHOLD)
        for name, labelled in streams.items():
            parts[name].append(free_examples(labelled, model))
    return {name: joined(lots) for name, lots in parts.items()}


def score(labelled: Sequence[Labelled], model: JoinModel) -> float:
    """Return BCubed F1 of a stream clustered by a model."""
    found = zip(clusters_of(labelled, model), (article.gold for article in labelled), strict=True)
    pairs = [(str(cluster), gold) for cluster, gold in found if gold is not None]
    return score_clusters([cluster for cluster, _ in pairs], [gold for _, gold in pairs]).bcubed.f1


def write(model: JoinModel, path: Path) -> None:
    """Write a model as the engine reads it."""
    document = {
        "version": model.version,
        "features": list(FEATURES),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)},
        "bias": round(model.bias, 4),
        "threshold": model.threshold,
        "merge_threshold": model.merge_threshold,
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
