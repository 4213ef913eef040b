"""Labelled sets as benchmarks run them: articles in stream order with their labels, and one run of the engine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from quality import LabelledSet, labelled_sets

from dedupe.cli.batch import batch_order, cluster_batch
from dedupe.cli.cluster import Line, read_lines
from dedupe.clusters.decision import JoinModel
from dedupe.engine import Engine
from dedupe.evaluation.gold import Gold, Prediction, read_gold
from dedupe.evaluation.report import Report, evaluate
from dedupe.settings import EngineSettings
from dedupe.store.discard import DiscardStore


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set, its articles in stream order, and the labels of those."""

    name: str
    lines: list[Line]
    gold: Gold

    def first(self, count: int) -> Corpus:
        """Return the beginning of the stream."""
        return self._part(0, count)

    def busiest(self, count: int) -> Corpus:
        """Return the first of those stretches of the stream that hold most labelled events."""
        labelled = np.array([str(line.id) in self.gold.events for line in self.lines], dtype=np.int64)
        passed = np.concatenate(([0], np.cumsum(labelled)))
        return self._part(int(np.argmax(passed[count:] - passed[:-count])), count)

    def _part(self, start: int, count: int) -> Corpus:
        lines = self.lines[start : start + count]
        return Corpus(self.name, lines, self.gold.among({str(line.id) for line in lines}))


def load(labelled: LabelledSet, limit: int | None = None) -> Corpus:
    """Read a set in stream order, of a larger one the busiest ``limit`` articles in a row."""
    lines = read_lines(str(labelled.articles))
    lines = [lines[at] for at in batch_order([line.article for line in lines])]
    corpus = Corpus(labelled.name, lines, read_gold(str(labelled.gold), labelled.label))
    return corpus if limit is None or limit >= len(lines) else corpus.busiest(limit)


def clustered(
    lines: Sequence[Line], settings: EngineSettings | None = None, model: JoinModel | None = None
) -> dict[str, Prediction]:
    """Run articles through an engine of their own, as `storyfold cluster` does."""
    engine = Engine(DiscardStore(), settings, model=model)
    placements = cluster_batch([line.article for line in lines], lambda _count, _done: None, engine)
    return {
        str(line.id): Prediction(cluster_id=placement.cluster_id, duplicate_group_id=placement.duplicate_group_id)
        for line, placement in zip(lines, placements, strict=True)
    }


def measured(corpus: Corpus, settings: EngineSettings | None = None, model: JoinModel | None = None) -> Report:
    """Cluster a set and hold it against its labels."""
    return evaluate(corpus.gold, clustered(corpus.lines, settings, model))


def bcubed_of(report: Report) -> float | None:
    """Return BCubed F1, None where no event is labelled."""
    return report.clusters.bcubed.f1 if report.clusters else None


def copies_of(report: Report) -> float | None:
    """Return the pair F1 of copies, None where no copy is labelled."""
    return report.copies.agreement.f1 if report.copies and report.copies.labelled_count else None


def add_sets(parser: argparse.ArgumentParser, default: Sequence[str] | None = None) -> None:
    """Give a command line the option that chooses sets."""
    there = [labelled.name for labelled in labelled_sets()]
    parser.add_argument(
        "--sets", nargs="+", choices=there, default=default or there, metavar="SET", help=", ".join(there)
    )


def chosen(names: Sequence[str]) -> list[LabelledSet]:
    """Return the sets of these names, in the usual order; those that are not here are left out."""
    return [labelled for labelled in labelled_sets() if labelled.name in names]
