"""S3: a batch of texts in, groups of copies out; of each pair it is known whether it is one."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from news import Report, reports
from peers import THRESHOLD, Peer, shingles

from rows.apart import apart
from rows.copies import OURS, contenders
from rows.figure import Figure, Found, Measured, Size

TARGET: Final = 30_000.0
FOUND_TARGET: Final = 0.99
Pairs = set[tuple[int, int]]


def measure(size: Size) -> Measured:
    """Group made-up news, and hold the pairs that were found against those that were planted."""
    measured, found, planted = apart(run, size)
    peers_found = {name: value for name, value in found.items() if name != OURS}
    ours = found[OURS]
    figures = [
        Figure(
            what="articles/s, text to groups",
            target=TARGET,
            ours=measured.pop(OURS),
            peers=dict(measured),
            found=peers_found,
        ),
        Figure(what="recall of pairs, Jaccard ≥ .5", target=FOUND_TARGET, ours=[ours.recall]),
        Figure(what="precision of pairs, Jaccard ≥ .5", target=FOUND_TARGET, ours=[ours.precision]),
    ]
    note = f"{size.articles:,} articles, 20 % copies, {planted:,} pairs; candidates verified, by peers as they estimate"
    return Measured(figures=figures, note=note)


def run(size: Size) -> tuple[dict[str, list[float]], dict[str, Found], int]:
    """Return the rate of us and each peer in every run, what they found, and how many pairs there were to find."""
    articles = list(reports(size.articles))
    texts = [report.text for report in articles]
    planted = alike(articles)
    there = contenders()
    measured: dict[str, list[float]] = {name: [] for name in there}
    found = {}
    for _ in range(size.runs):
        for name, make in there.items():
            contender = make()
            begun = time.process_time()
            pairs = pairs_of(contender, texts)
            groups(len(texts), pairs)
            measured[name].append(len(texts) / (time.process_time() - begun))
            found[name] = agreement(pairs, planted)
    return measured, found, len(planted)


def pairs_of(contender: Peer, texts: Sequence[str]) -> Pairs:
    """Return the pairs of texts that are found alike, the earlier one first."""
    return {
        (other, number)
        for number, text in enumerate(texts)
        for other in contender.find_and_add(number, text)
        if other != number
    }


def groups(count: int, pairs: Pairs) -> list[int]:
    """Return for each text the first of those that it hangs together with."""
    first = list(range(count))
    for left, right in pairs:
        left_first, right_first = _first(first, left), _first(first, right)
        first[max(left_first, right_first)] = min(left_first, right_first)
    return [_first(first, text) for text in range(count)]


def _first(first: list[int], text: int) -> int:
    while first[text] != text:
        first[text] = first[first[text]]
        text = first[text]
    return text


def alike(articles: Sequence[Report]) -> Pairs:
    """Return the pairs that share shingles enough, by counting; two reports that copy nobody share next to none."""
    copies: dict[int, list[Report]] = defaultdict(list)
    for report in articles:
        copies[report.original].append(report)
    pairs: Pairs = set()
    for family in copies.values():
        shingled = {report.number: shingles(report.text) for report in family} if len(family) > 1 else {}
        for left, right in combinations(shingled, 2):
            shared = len(shingled[left] & shingled[right])
            if shared >= THRESHOLD * (len(shingled[left]) + len(shingled[right]) - shared):
                pairs.add((left, right))
    return pairs


def agreement(found: Pairs, planted: Pairs) -> Found:
    """Return how well the pairs found are those that are there."""
    right = len(found & planted)
    return Found(recall=right / max(1, len(planted)), precision=right / max(1, len(found)))
