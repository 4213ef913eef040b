"""`storyfold evaluate`: a clustering held against labels."""

from __future__ import annotations

from collections.abc import Mapping

from dedupe.cli.batch import cluster_batch
from dedupe.cli.cluster import read_lines
from dedupe.cli.output import print_json, say
from dedupe.cli.progress import progress
from dedupe.cli.startup import load_kernels
from dedupe.evaluation.gold import Prediction, read_gold, read_predictions
from dedupe.evaluation.report import evaluate
from dedupe.evaluation.text import render


def run(gold: str, predictions: str | None, articles: str | None, label: str, *, as_json: bool) -> None:
    """Print how well predictions agree with labels; raise `UnreadableInput`.

    Without predictions, the articles are clustered now; they are in ``gold`` itself where no file is named.
    """
    labels = read_gold(gold, label)
    predicted = read_predictions(predictions) if predictions else clustered(articles or gold)
    report = evaluate(labels, predicted)
    if as_json:
        print_json(report.as_json())
    else:
        say(render(report, labels.titles))


def clustered(name: str) -> Mapping[str, Prediction]:
    """Cluster the articles of a file, as `storyfold cluster` does; raise `UnreadableInput`."""
    lines = read_lines(name)
    load_kernels()
    with progress("Clustering", len(lines)) as report:
        placements = cluster_batch([line.article for line in lines], report)
    return {
        str(line.id): Prediction(cluster_id=placement.cluster_id, duplicate_group_id=placement.duplicate_group_id)
        for line, placement in zip(lines, placements, strict=True)
    }
