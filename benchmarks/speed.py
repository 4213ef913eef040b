"""How quick we are, how much memory it takes, and how others do at the same work.

    python benchmarks/speed.py                                       # every row, as large as its target says: hours
    python benchmarks/speed.py S1 S3 --articles 20000 --runs 3       # some of them, smaller
    python benchmarks/speed.py --list

Each row keeps its figures in speed.json, from which the part on speed of RESULTS.md and its plots are made anew; a
row that was not run keeps those it had. What is compared runs in one process, in turn, pinned to one processor.
Peers come with the extra `bench`; those that are not installed are left out, and named.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import peers
from plots import draw
from report import Kept, as_json, of_json, text_of
from results import machine, write_part
from rows import (
    endurance,
    grouping,
    growth,
    intake,
    lookup,
    millions,
    polling,
    reindexing,
    signing,
    starting,
    stream,
)
from rows.figure import Measured, Size

HERE: Final = Path(__file__).parent


class Row(NamedTuple):
    """One row of the table: what it is about, how large it should be, and what measures it."""

    about: str
    size: Size
    measure: Callable[[Size], Measured]


ROWS: Final = {
    "S1": Row("text to signature", Size(articles=10_000, runs=5), signing.measure),
    "S2": Row("the copy layer, one article at a time", Size(articles=150_000, runs=5), lookup.measure),
    "S3": Row("text to groups of copies", Size(articles=100_000, runs=3), grouping.measure),
    "S4": Row("the whole engine, in stream order", Size(articles=50_000, runs=3), stream.measure),
    "S5": Row("durable over HTTP", Size(articles=20_000, runs=3), intake.measure),
    "S6": Row("the list of clusters, asked for again and again", Size(articles=1_000_000, runs=3), polling.measure),
    "S7": Row("re-index", Size(articles=1_000_000, runs=1), reindexing.measure),
    "S8": Row("start", Size(articles=1_000_000, runs=3), starting.measure),
    "S9": Row("memory of the index", Size(articles=1_000_000, runs=1), growth.measure_memory),
    "S10": Row("growth", Size(articles=1_000_000, runs=1), growth.measure_growth),
    "soak": Row("half an hour of articles and dashboards", Size(articles=900_000, runs=1), endurance.measure),
    "10M": Row("growth to ten million", Size(articles=10_000_000, runs=1), millions.measure),
}


def main() -> None:
    """Measure the rows that were asked for, and write down each as soon as it is done."""
    options = _options()
    if options.list:
        print("\n".join(f"{name:4} {row.about}, {row.size.articles:,} articles" for name, row in ROWS.items()))
    elif options.tables:
        _write(options.into, {})
    else:
        options.into.mkdir(parents=True, exist_ok=True)
        for name in options.rows or ROWS:
            size = ROWS[name].size
            size = Size(articles=options.articles or size.articles, runs=options.runs or size.runs)
            row = {name: _run(name, size)}
            _write(options.into, row)
            print(text_of(row, ()))


def _run(name: str, size: Size) -> Kept:
    row = ROWS[name]
    print(f"{name}: {row.about}, {size.articles:,} articles, runs: {size.runs}", file=sys.stderr)
    load = f", load average {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    return Kept(
        about=row.about,
        measured=row.measure(size),
        runs=size.runs,
        is_whole=size.articles >= row.size.articles,
        when=f"{datetime.now(UTC):%d %B %Y}",
        machine=machine() + load,
        left_out=peers.left_out(),
    )


def _write(folder: Path, rows: Mapping[str, Kept]) -> None:
    """Keep rows beside those that were kept, and make tables and plots of all."""
    kept_in = folder / "speed.json"
    kept = of_json(kept_in.read_text(encoding="utf-8")) if kept_in.exists() else {}
    kept = {name: {**kept, **rows}[name] for name in ROWS if name in kept or name in rows}
    kept_in.write_text(as_json(kept), encoding="utf-8")
    write_part(folder / "RESULTS.md", text_of(kept, draw(kept, folder)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--articles", type=_positive, help="how many, in every row")
    parser.add_argument("--runs", type=_positive, help="how often each is measured")
    parser.add_argument("--into", type=Path, default=HERE, help="the folder of RESULTS.md, speed.json and plots")
    parser.add_argument("--tables", action="store_true", help="measure nothing, make the tables anew from speed.json")
    parser.add_argument("--list", action="store_true", help="say what there is and end")
    options = parser.parse_args()
    if unknown := [name for name in options.rows if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    main()
