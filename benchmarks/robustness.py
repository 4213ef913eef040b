"""Whether the result hangs on the order of arrival, on a long stream, or on a fresh install.

    python benchmarks/robustness.py                                  # everything, on every set that is here
    python benchmarks/robustness.py --checks order reversed --sets giveme5w gedikli
    python benchmarks/robustness.py --checks welds                   # titles go to standard output only

- order: articles of one moment are shuffled, and the undated among themselves, with several seeds. The
  spread of BCubed F1 (the highest less the lowest) must stay below .01. A file's own order that does
  better than the mean of the others is one that the trees have learned by heart.
- reversed: time runs backwards, with the same gaps. Copies must be found as they were: pair F1 against
  the labels, forwards and backwards, may differ by .05.
- welds: the ten largest clusters of the set with most unlabelled articles, to be read by a person.
- cold: the first 100 articles on a fresh install, with the prior and without, against the steady state,
  in which 3,000 unlabelled articles of another set came before, over nine days (or the rest of the set, apart
  from the same events, where that set was not asked for): what it lacks must stay within .03 BCubed F1.

Ends with 1 when a check fails. Of a large set the ``--limit`` articles in a row with most labels are
taken, for welds all.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from corpora import Corpus, add_sets, bcubed_of, chosen, clustered, copies_of, load, measured
from tables import markdown

from dedupe.article import Article
from dedupe.cli.cluster import Line
from dedupe.evaluation.report import evaluate
from dedupe.settings import EngineSettings

CHECKS: Final = ("order", "reversed", "cold", "welds")
MOST_SPREAD: Final = 0.01
MOST_LOST_BACKWARDS: Final = 0.05
MOST_LOST_COLD: Final = 0.03
SEEDS: Final = 5
COLD_ARTICLES: Final = 100
COLD_SETS: Final = ("sample", "giveme5w")
NEWS_SET: Final = "allsides"
"""The set with most unlabelled articles: the stream of a newsroom, apart from its labels."""
WARM_ARTICLES: Final = 3_000
WARM_FOR: Final = timedelta(days=9)
"""The news before is as fresh as what joins clusters can be."""
SHOWN_TITLES: Final = 8
LIMIT: Final = 10_000


class Finding(NamedTuple):
    """One row of a table, and whether what it says is good enough."""

    cells: tuple[str, ...]
    holds: bool


def main() -> None:
    """Run the checks that were asked for and print what they found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_sets(parser)
    parser.add_argument("--checks", nargs="+", choices=CHECKS, default=CHECKS, metavar="CHECK", help=", ".join(CHECKS))
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how often articles are shuffled, {SEEDS} by default")
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"articles of a set at most, {LIMIT:,} by default")
    asked = parser.parse_args()
    holds = True
    if {"order", "reversed"} & set(asked.checks):
        corpora = [load(labelled, asked.limit) for labelled in chosen(asked.sets)]
        if "order" in asked.checks:
            header = (
                "order",
                "as in the file",
                f"mean of {asked.seeds}",
                "lowest",
                "highest",
                "spread",
                f"below {MOST_SPREAD}",
            )
            holds &= show(header, [order(corpus, asked.seeds) for corpus in corpora if corpus.gold.events])
        if "reversed" in asked.checks:
            header = ("reversed", "copies forwards", "backwards", "difference", f"within {MOST_LOST_BACKWARDS}")
            holds &= show(header, [backwards(corpus) for corpus in corpora if _has_copies(corpus)])
    if "cold" in asked.checks:
        header = ("cold", "before", "steady", "fresh", "without prior", "lacks", f"within {MOST_LOST_COLD}")
        sets = [labelled for labelled in chosen(asked.sets) if labelled.name in COLD_SETS]
        holds &= show(header, [cold(load(labelled), asked.sets) for labelled in sets])
    if "welds" in asked.checks and NEWS_SET in asked.sets:
        for labelled in chosen([NEWS_SET]):
            print("\n".join(welds(load(labelled).lines)))
    sys.exit(0 if holds else 1)


def show(header: Sequence[str], findings: Sequence[Finding]) -> bool:
    """Print a table and return whether all of it holds."""
    if findings:
        rows = [(*finding.cells, "yes" if finding.holds else "NO") for finding in findings]
        print(markdown([header, *rows]) + "\n", flush=True)
    return all(finding.holds for finding in findings)


def order(corpus: Corpus, seeds: int) -> Finding:
    """Shuffle what carries no order, and see how far apart the results are."""
    in_order = bcubed_of(measured(corpus)) or 0.0
    reached = []
    for seed in range(seeds):
        shuffled = [corpus.lines[at] for at in np.random.default_rng(seed).permutation(len(corpus.lines))]
        # Articles go in by date, those of one date as they stand in the file: only their order is another one.
        reached.append(bcubed_of(measured(Corpus(corpus.name, shuffled, corpus.gold))) or 0.0)
    lowest, highest = min(in_order, *reached), max(in_order, *reached)
    figures = (in_order, sum(reached) / len(reached), lowest, highest, highest - lowest)
    return Finding((corpus.name, *(f"{figure:.3f}" for figure in figures)), highest - lowest < MOST_SPREAD)


def backwards(corpus: Corpus) -> Finding:
    """Let time run backwards, and see whether copies are found all the same."""
    dates = [line.article.published_at for line in corpus.lines if line.article and line.article.published_at]
    mirror = (max(dates), min(dates)) if dates else None
    turned = [_mirrored(line, mirror) for line in reversed(corpus.lines)]
    forwards = copies_of(measured(corpus)) or 0.0
    back = copies_of(measured(Corpus(corpus.name, turned, corpus.gold))) or 0.0
    figures = (forwards, back, back - forwards)
    return Finding((corpus.name, *(f"{figure:.3f}" for figure in figures)), abs(back - forwards) <= MOST_LOST_BACKWARDS)


def cold(corpus: Corpus, sets: Sequence[str]) -> Finding:
    """Score the first articles of a fresh install, and the same ones when other news came before them."""
    first = corpus.first(COLD_ARTICLES)
    before, told = _news_before(corpus, sets)
    fresh = bcubed_of(measured(first)) or 0.0
    without = bcubed_of(measured(first, EngineSettings(prior=False))) or 0.0
    found = clustered([*_moved_before(before, first.lines), *first.lines])
    steady = bcubed_of(evaluate(first.gold, found)) or 0.0
    lacks = max(steady - fresh, 0.0)
    figures = (steady, fresh, without, lacks)
    return Finding((corpus.name, told, *(f"{figure:.3f}" for figure in figures)), lacks <= MOST_LOST_COLD)


def welds(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the ten largest clusters: how many articles, over how many days, and some of the titles."""
    found = clustered(lines)
    members: dict[str, list[Article]] = defaultdict(list)
    for line in lines:
        if line.article:
            members[found[str(line.id)].cluster_id].append(line.article)
    for articles in sorted(members.values(), key=len, reverse=True)[:10]:
        dates = [article.published_at for article in articles if article.published_at]
        days = (max(dates) - min(dates)).days if dates else 0
        sources = len({article.source for article in articles})
        yield f"\n{len(articles):,} articles of {sources:,} sources over {days:,} days"
        steps = np.unique(np.linspace(0, len(articles) - 1, SHOWN_TITLES).astype(int)).tolist()
        yield from (f"    {(articles[at].title or articles[at].text)[:100]}" for at in steps)


def _has_copies(corpus: Corpus) -> bool:
    copies = corpus.gold.copies
    return copies is not None and bool(copies.families)


def _mirrored(line: Line, mirror: tuple[datetime, datetime] | None) -> Line:
    """Return an article published as long after the first date as it was before the last."""
    if line.article is None or line.article.published_at is None or mirror is None:
        return line
    last, first = mirror
    moment = first + (last - line.article.published_at)
    return replace(line, article=replace(line.article, published_at=moment))


def _news_before(corpus: Corpus, sets: Sequence[str]) -> tuple[list[Line], str]:
    """Return unlabelled news, or where there is none the rest of the set that tells of other events."""
    for labelled in chosen([NEWS_SET] if NEWS_SET in sets else []):
        news = load(labelled)
        unlabelled = [line for line in news.lines if str(line.id) not in news.gold.events and line.article]
        return unlabelled[:WARM_ARTICLES], f"{WARM_ARTICLES:,} of {NEWS_SET}"
    told_of = {corpus.gold.events.get(str(line.id)) for line in corpus.lines[:COLD_ARTICLES]}
    rest = [line for line in corpus.lines[COLD_ARTICLES:] if corpus.gold.events.get(str(line.id)) not in told_of]
    return rest, f"{len(rest):,} of its own"


def _moved_before(before: Sequence[Line], lines: Sequence[Line]) -> Iterator[Line]:
    """Yield articles evenly over the days before the first of ``lines``, with ids of their own."""
    dates = [line.article.published_at for line in lines if line.article and line.article.published_at]
    start = min(dates, default=datetime(2000, 1, 1, tzinfo=UTC)) - WARM_FOR
    for number, line in enumerate(before):
        if line.article:
            moment = start + WARM_FOR * (number / len(before))
            article = replace(line.article, published_at=moment, uri=f"before:{number}")
            yield Line(f"before:{number}", article)


if __name__ == "__main__":
    main()
