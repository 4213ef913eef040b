"""How well `storyfold cluster` does, with the shipped defaults, on every labelled set there is.

    python benchmarks/quality.py                          # all sets, three runs each
    python benchmarks/quality.py --runs 1 sample gedikli  # some of them, once

Quality is the same in every run, or the benchmark stops; speed is the median with the spread. The
development sets lie outside the repository, in ../shared/datasets; without them only the sample
stream is measured, and the table says so. Naming no set writes the first part of benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from results import RESULTS, machine, write_part
from tables import markdown

from dedupe.evaluation.gold import read_gold, read_predictions
from dedupe.evaluation.report import Report, evaluate

ROOT: Final = Path(__file__).parents[1]
DATASETS: Final = ROOT.parent / "shared" / "datasets"
COMMAND: Final = Path(sys.executable).with_name("storyfold")
HEADER: Final = (
    "set", "articles", "near-dup F1", "P", "R", "BCubed F1", "P", "R", "ARI", "NMI", "alone", "articles/s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Articles, the file with their labels, and the field that holds the event."""

    name: str
    articles: Path
    gold: Path
    label: str = "cluster"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one set: the report, and the articles per second of each run."""

    name: str
    articles: int
    report: Report
    rates: tuple[float, ...]


def labelled_sets() -> list[LabelledSet]:
    """Return the sample stream and every development set that is there."""
    sample = ROOT / "data" / "sample"
    sets = [LabelledSet("sample", sample / "articles.jsonl", sample / "gold.jsonl")]
    for file in sorted(DATASETS.glob("*/docs.jsonl.gz")):
        # Its labels split many events in two; the set's own corrected labels do not.
        label = "cluster_merged" if file.parent.name == "uci_headlines" else "cluster"
        sets.append(LabelledSet(file.parent.name, file, file, label))
    return sets


def measure(labelled: LabelledSet, runs: int) -> Measured:
    """Cluster a set ``runs`` times and compare the answer with its labels."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / f"{run}.jsonl" for run in range(runs)]
        told = [cluster(labelled.articles, output) for output in outputs]
        if len({output.read_bytes() for output in outputs}) > 1:
            raise SystemExit(f"{labelled.name}: two runs gave different clusters")
        gold = read_gold(str(labelled.gold), labelled.label)
        report = evaluate(gold, read_predictions(str(outputs[0])))
    return Measured(labelled.name, told[0]["articles"], report, tuple(run["articles_per_second"] for run in told))


def cluster(articles: Path, output: Path) -> dict[str, Any]:
    """Run the command as users do; return what it says about the run."""
    ran = subprocess.run(
        [COMMAND, "cluster", articles, "-o", output, "--json"], stdout=subprocess.PIPE, check=True, text=True
    )
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def row(measured: Measured) -> tuple[str, ...]:
    """Return one line of the table."""
    copies = ("–",) * 3
    if measured.report.copies:
        found = measured.report.copies.agreement
        copies = tuple(f"{value:.3f}" for value in (found.f1, found.precision, found.recall))
    events = ("–",) * 6
    if measured.report.clusters:
        scores = measured.report.clusters
        bcubed = scores.bcubed
        values = (bcubed.f1, bcubed.precision, bcubed.recall, scores.ari, scores.nmi, scores.bcubed_floor)
        events = tuple(f"{value:.3f}" for value in values)
    rate = f"{statistics.median(measured.rates):,.0f}"
    spread = f" ({min(measured.rates):,.0f} to {max(measured.rates):,.0f})" if len(measured.rates) > 1 else ""
    return measured.name, f"{measured.articles:,}", *copies, *events, rate + spread


def main() -> None:
    """Measure what was asked for, print the table and keep it."""
    sets = labelled_sets()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(labelled.name for labelled in sets))
    asked = parser.parse_args()
    if unknown := set(asked.sets) - {labelled.name for labelled in sets}:
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    rows = []
    for labelled in sets:
        if not asked.sets or labelled.name in asked.sets:
            rows.append(row(measure(labelled, asked.runs)))
            print("  ".join(rows[-1]), file=sys.stderr)
    missing = "" if len(sets) > 1 else "\nThe development sets are not here: only the sample stream was measured.\n"
    spread = f"the median of {asked.runs} runs and their spread" if asked.runs > 1 else "of one run"
    text = f"""# Quality

`storyfold cluster` with the shipped defaults, scored by `dedupe.evaluation`. The column *alone* is the BCubed F1
of leaving every article alone; speed is that of one process, {spread}.
Made by `make bench` on {datetime.now(UTC):%d %B %Y}: {machine()}.
{missing}
{markdown([HEADER, *rows])}
"""
    print(text)
    if not asked.sets:
        write_part(RESULTS, text)


if __name__ == "__main__":
    main()
