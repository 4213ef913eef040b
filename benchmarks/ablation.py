"""What each part of the algorithm is worth: one part switched off at a time, on every set.

    python benchmarks/ablation.py                                # print the tables
    python benchmarks/ablation.py --sets giveme5w ecbplus        # on some sets
    python benchmarks/ablation.py --variants "no prior" --limit 2000
    python benchmarks/ablation.py --write                        # and put them into docs/algorithm.md

Nothing is learned anew: the shipped trees decide without the part, which shows how much the engine
leans on it. Of a large set the ``--limit`` articles in a row with most labels are taken.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from corpora import Corpus, add_sets, bcubed_of, chosen, copies_of, load, measured
from tables import markdown
from variants import FULL, VARIANTS, Noting, Variant

from dedupe.clusters.decision import shipped_model

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "algorithm.md"
BEGIN, END = "<!-- ablation: benchmarks/ablation.py --write -->", "<!-- end of ablation -->"
LIMIT: Final = 10_000


class Scores(NamedTuple):
    """What one variant reaches on one set; None where the set has no such labels."""

    bcubed: float | None
    copies: float | None


def main() -> None:
    """Measure what was asked for, print it, and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_sets(parser)
    names = [variant.name for variant in VARIANTS]
    parser.add_argument("--variants", nargs="+", choices=names, default=names, metavar="VARIANT", help=", ".join(names))
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"articles of a set at most, {LIMIT:,} by default")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=DOCUMENT, metavar="FILE", help=f"between the marks of {DOCUMENT.name}"
    )
    asked = parser.parse_args()
    variants = [variant for variant in VARIANTS if variant.name in asked.variants]
    scores = {labelled.name: measure(load(labelled, asked.limit), variants) for labelled in chosen(asked.sets)}
    bound = f"At most {asked.limit:,} articles of a set, those in a row with most labels."
    text = f"{bound}\n\n{tables(scores, [FULL, *variants])}"
    if asked.write:
        write(text, asked.write)
    print(text)


def measure(corpus: Corpus, variants: Sequence[Variant]) -> dict[str, Scores]:
    """Return what each variant reaches on a set; those that are for features no longer there are left out."""
    noting = Noting(shipped_model())
    reached = {FULL.name: _scores(corpus, FULL, noting)}
    for variant in variants:
        if variant.applies():
            reached[variant.name] = _scores(corpus, variant, noting)
        told = "measured" if variant.applies() else "left out, there is no such feature"
        print(f"{corpus.name}: {variant.name}: {told}", file=sys.stderr, flush=True)
    return reached


def _scores(corpus: Corpus, variant: Variant, noting: Noting) -> Scores:
    lines = [variant.change(line) for line in corpus.lines]
    with variant.patch():
        report = measured(Corpus(corpus.name, lines, corpus.gold), variant.settings, variant.model(noting))
    return Scores(bcubed_of(report), copies_of(report))


def tables(scores: Mapping[str, Mapping[str, Scores]], variants: Sequence[Variant]) -> str:
    """Return both tables: what each variant costs in BCubed F1, and in pair F1 of copies where it costs any."""
    events = {name: {k: v.bcubed for k, v in reached.items()} for name, reached in scores.items()}
    copies = {name: {k: v.copies for k, v in reached.items()} for name, reached in scores.items()}
    touched = [v for v in variants if any(r.get(v.name) != r[FULL.name] for r in copies.values() if v.name in r)]
    parts = [
        ("Clusters, BCubed F1", _table(events, variants)),
        ("Copies, pair F1", _table(copies, [FULL, *touched])),
    ]
    return "\n\n".join(f"**{title}**\n\n{table}" for title, table in parts if table)


def _table(scores: Mapping[str, Mapping[str, float | None]], variants: Sequence[Variant]) -> str:
    sets = [name for name, reached in scores.items() if reached[FULL.name] is not None]
    if not sets:
        return ""
    rows = [["", *sets, "mean"]]
    for variant in variants:
        values = [scores[name].get(variant.name) for name in sets]
        bases = [scores[name][FULL.name] for name in sets]
        known = [
            (value, base) for value, base in zip(values, bases, strict=True) if value is not None and base is not None
        ]
        if len(known) == len(sets):
            rows.append([variant.title, *_cells(known, absolute=variant is FULL)])
    return markdown(rows)


def _cells(known: Sequence[tuple[float, float]], *, absolute: bool) -> list[str]:
    if absolute:
        figures = [value for value, _ in known]
        return [f"{figure:.3f}" for figure in (*figures, sum(figures) / len(figures))]
    lost = [value - base for value, base in known]
    return [_signed(figure) for figure in (*lost, sum(lost) / len(lost))]


def _signed(figure: float) -> str:
    return f"{figure:+.3f}".replace("-", "−").replace("+0.000", "0").replace("−0.000", "0")


def write(text: str, document: Path) -> None:
    """Put the tables where the document has its marks."""
    old = document.read_text(encoding="utf-8")
    if BEGIN not in old or END not in old:
        sys.exit(f"{document.name} has no marks {BEGIN!r} and {END!r}")
    marked = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    document.write_text(marked.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", old, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
