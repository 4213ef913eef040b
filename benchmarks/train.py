"""Learn the join decision from the development sets, and say how it does on a set it has not seen.

    python benchmarks/train.py                # learn from all sets, write data/model/join.json
    python benchmarks/train.py --leave-out    # also: each set by a model learned from the others

Two lots of decisions are learned from: those of streams clustered as the labels say, and those of
streams clustered by the model learned so far, three times over, so that it learns from its own mistakes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path

from learning import Examples, fit, forced_examples, free_examples, joined, score
from streams import Form, Set

from dedupe.clusters.attribution import ARCHIVE
from dedupe.clusters.decision import MODEL_FILE, JoinModel, Trees
from dedupe.clusters.features import FEATURES

SETS = (
    Set("allsides"),
    Set("uci_headlines", 20_000),
    Set("allsides_leads"),
    Set("ecbplus"),
    Set("giveme5w"),
    Set("gedikli"),
)
COPIES = (
    Set("allsides", form=Form.HEADLINE),
    Set("allsides", noise=False),
    Set("allsides", noise=False, dated=False),
    Set("allsides", noise=False, dated=False, form=Form.LEAD),
    Set("allsides", topical=True),
    Set("allsides", topical=True, dated=False),
    Set("allsides", topical=True, at_once=True),
    Set("allsides", topical=True, at_once=True, form=Form.LEAD),
    Set("uci_headlines", 8_000, dated=False),
    Set("uci_headlines", 8_000, dated=False, every=30),
    *(
        changed
        for name in ("ecbplus", "giveme5w", "gedikli")
        for changed in (
            Set(name, dated=False),
            Set(name, dated=False, form=Form.LEAD),
            Set(name, dated=False, form=Form.HEADLINE),
            Set(name, form=Form.LEAD),
            Set(name, form=Form.HEADLINE),
            Set(name, prior=False),
        )
    ),
)
"""What the sets lack and the world has: undated, short, sparse news, years of one topic, languages without a prior."""
ROUNDS = 3
THRESHOLD, MERGE_THRESHOLD = 0.42, 0.44


def main() -> None:
    """Learn, write the model, and print what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leave-out", action="store_true", help="also learn with each set left out in turn")
    arguments = parser.parse_args()
    with ProcessPoolExecutor() as workers:
        examples = collect(workers)
        model = fit(examples, THRESHOLD, MERGE_THRESHOLD)
        write(model, MODEL_FILE)
        write(model, ARCHIVE / f"join-{model.version}.json")
        report(SETS, workers.map(score, SETS, [model] * len(SETS)))
        if arguments.leave_out:
            print("Left out:")
            others = [{part: lot for part, lot in examples.items() if part.name != out.name} for out in SETS]
            models = [fit(lots, THRESHOLD, MERGE_THRESHOLD) for lots in others]
            report(SETS, workers.map(score, SETS, models))


def collect(workers: Executor) -> dict[Set, Examples]:
    """Return the examples of each set, after `ROUNDS` of learning from what the model does."""
    parts = SETS + COPIES
    examples = dict(zip(parts, workers.map(partial(forced_examples, shuffle=0), parts), strict=True))
    for shuffle in range(1, ROUNDS + 1):
        model = fit(examples, THRESHOLD, MERGE_THRESHOLD)
        more = workers.map(partial(free_examples, model=model, shuffle=shuffle), parts)
        examples = {part: joined([examples[part], lot]) for part, lot in zip(parts, more, strict=True)}
    return examples


def report(parts: Sequence[Set], scores: Iterable[float]) -> None:
    """Print the score of each set as it comes."""
    for part, found in zip(parts, scores, strict=True):
        print(f"{part.name}: {found:.3f}", flush=True)


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
