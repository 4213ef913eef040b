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
from streams import Labelled, Set, stream

from dedupe.clusters.decision import MODEL_FILE, JoinModel, Trees
from dedupe.clusters.features import FEATURES
from dedupe.evaluation.metrics import score_clusters

SETS = (
    Set("giveme5w"),
    Set("ecbplus"),
    Set("gedikli"),
    Set("allsides"),
    Set("allsides_leads", 4_000),
    Set("uci_headlines", 8_000),
    Set("giveme5w", dated=False),
    Set("ecbplus", dated=False),
    Set("allsides", 12_000, dated=False),
)
"""Long undated articles are rare in the sets and common on the web: three sets are learned from without dates too."""
ROUNDS = 2
THRESHOLD, MERGE_THRESHOLD = 0.556, 0.44


def main() -> None:
    """Learn, write the model, and print what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leave-out", action="store_true", help="also learn with each set left out in turn")
    arguments = parser.parse_args()
    streams = {part: list(stream(part.name, part.limit, dated=part.dated)) for part in SETS}
    examples = collect(streams)
    model = fit(list(examples.values()), THRESHOLD, MERGE_THRESHOLD)
    write(model, MODEL_FILE)
    for part, labelled in streams.items():
        print(f"{part}: {score(labelled, model):.3f}", flush=True)
        if arguments.leave_out:
            others = [lot for other, lot in examples.items() if other.name != part.name]
            print(f"{part}, left out: {score(labelled, fit(others, THRESHOLD, MERGE_THRESHOLD)):.3f}", flush=True)


def collect(streams: Mapping[Set, Sequence[Labelled]]) -> dict[Set, Examples]:
    """Return the examples of each set, after `ROUNDS` of learning from what the model does."""
    parts = {part: [forced_examples(labelled)] for part, labelled in streams.items()}
    for _ in range(ROUNDS):
        model = fit([joined(lots) for lots in parts.values()], THRESHOLD, MERGE_THRESHOLD)
        for part, labelled in streams.items():
            parts[part].append(free_examples(labelled, model))
    return {part: joined(lots) for part, lots in parts.items()}


def score(labelled: Sequence[Labelled], model: JoinModel) -> float:
    """Return BCubed F1 of a stream clustered by a model."""
    found = zip(clusters_of(labelled, model), (article.gold for article in labelled), strict=True)
    pairs = [(str(cluster), gold) for cluster, gold in found if gold is not None]
    return score_clusters([cluster for cluster, _ in pairs], [gold for _, gold in pairs]).bcubed.f1


def write(model: JoinModel, path: Path) -> None:
    """Write a model as the engine reads it."""
    columns = zip(*(column.tolist() for column in model.trees), strict=True)
    document = {
        "version": model.version,
        "features": list(FEATURES),
        "threshold": model.threshold,
        "merge_threshold": model.merge_threshold,
        "bias": round(model.bias, 5),
        "trees": [dict(zip(Trees._fields, tree, strict=True)) for tree in columns],
    }
    # One tree a line: what a change of the model changed can be read.
    path.write_text(json.dumps(document).replace("{", "\n{").strip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
