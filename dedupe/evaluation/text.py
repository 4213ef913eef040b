"""A report as people read it: aligned text, no wider than a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dedupe.evaluation.breakdown import Disagreement, SizeCount, Slice
from dedupe.evaluation.copies import CopyScores, Pair
from dedupe.evaluation.metrics import Agreement, ClusterScores
from dedupe.evaluation.reasons import Pull, Reason
from dedupe.evaluation.report import Report

NO_REASONS: Final = "Reasons and curves need the articles: leave the predictions out, and they are clustered now."
_TITLE_WIDTH: Final = 70
_INDENT: Final = " " * 9


def render(report: Report, titles: Mapping[str, str]) -> str:
    """Return the report as text; examples are shown with the titles that are known."""
    lines = [f"{'':24}{'precision':>10}{'recall':>10}{'F1':>10}"]
    if report.clusters:
        lines += _cluster_lines(report.clusters)
    if report.copies:
        lines.append(_agreement_line("copies, pairs", report.copies.agreement))
    if report.clusters:
        lines += ["", *_index_lines(report.clusters, report.unlabelled_count)]
    lines += _slice_lines("BCubed by size of the event", report.sizes)
    lines += _slice_lines("BCubed by language", report.languages if len(report.languages) > 1 else ())
    lines += _slice_lines("Copies by language", report.copy_languages if len(report.copy_languages) > 1 else ())
    lines += _size_lines(report.size_counts)
    lines += _disagreement_lines("Put together, but different events", report.false, titles)
    lines += _disagreement_lines("Kept apart, but one event", report.missed, titles)
    if report.copies:
        lines += _copy_lines(report.copies, report.reasons or {}, titles)
    if report.reasons is None:
        lines += ["", NO_REASONS]
    return "\n".join(map(_printable, lines))


def likeness_line(reason: Reason) -> str:
    """Return how alike two articles are, in a line; empty where nothing was compared."""
    alike = reason.likeness
    if alike is None:
        return ""
    figures = f"cosine {alike.cosine:.2f}, containment {alike.containment:.2f}, Jaccard {alike.jaccard:.2f}"
    return f"{figures}; shared terms: {', '.join(alike.terms)}" if alike.terms else f"{figures}; no shared term"


def pull_text(pull: Pull) -> str:
    """Return a feature, its value, and which way and how far it moved the decision."""
    return f"{pull.feature} {pull.value:.2f} ({pull.pull:+.2f})"


def _cluster_lines(scores: ClusterScores) -> list[str]:
    return [
        _agreement_line("clusters, BCubed", scores.bcubed),
        f"{'  each article alone':24}{'':20}{scores.bcubed_floor:10.3f}",
        _agreement_line("clusters, pairs", scores.pairs),
    ]


def _index_lines(scores: ClusterScores, unlabelled_count: int) -> Iterator[str]:
    yield f"adjusted Rand index {scores.ari:.3f}, normalised mutual information {scores.nmi:.3f}"
    yield f"{scores.article_count:,} labelled articles of {scores.gold_count:,} events"
    yield f"{scores.predicted_count:,} clusters, the largest with {scores.largest_predicted:,} articles"
    if unlabelled_count:
        yield f"{unlabelled_count:,} articles without a label are not scored"


def _agreement_line(name: str, agreement: Agreement) -> str:
    return f"{name:24}{agreement.precision:10.3f}{agreement.recall:10.3f}{agreement.f1:10.3f}"


def _slice_lines(title: str, slices: Sequence[Slice]) -> Iterator[str]:
    if slices:
        yield from ("", title)
    for part in slices:
        yield f"{_agreement_line('  ' + part.name, part.agreement)}   {part.article_count:,} articles"


def _size_lines(counts: Sequence[SizeCount]) -> Iterator[str]:
    if counts:
        yield from ("", f"{'How many of each size':24}{'events':>10}{'clusters':>10}")
    for part in counts:
        yield f"{'  ' + part.name:24}{part.event_count:10,}{part.cluster_count:10,}"


def _disagreement_lines(title: str, pairs: Sequence[Disagreement], titles: Mapping[str, str]) -> Iterator[str]:
    if pairs:
        yield from ("", f"{title} (pairs, one of them)")
    for pair in pairs:
        yield from _example_lines(f"{pair.pair_count:7,}  ", pair.example, titles)
        yield from _reason_lines(pair.reason)


def _copy_lines(scores: CopyScores, reasons: Mapping[Pair, Reason], titles: Mapping[str, str]) -> Iterator[str]:
    for title, pairs in (("Taken for copies", scores.false_pairs), ("Copies not found", scores.missed_pairs)):
        if pairs:
            yield from ("", title)
        for pair in pairs:
            yield from _example_lines(_INDENT, pair, titles)
            yield from _reason_lines(reasons.get(pair))


def _example_lines(head: str, pair: Pair, titles: Mapping[str, str]) -> Iterator[str]:
    for start, article_id in zip((head, _INDENT), pair, strict=True):
        yield f"{start}{article_id}  {titles.get(article_id, '')[:_TITLE_WIDTH]}".rstrip()


def _reason_lines(reason: Reason | None) -> Iterator[str]:
    if reason is None:
        return
    told = (reason.told, ", ".join(map(pull_text, reason.pulls)), likeness_line(reason))
    yield from (f"{_INDENT}  {line}" for line in told if line)


def _printable(line: str) -> str:
    """Return a line without what a terminal would take for a command, or for the end of the line."""
    return "".join(character if character.isprintable() else " " for character in line)
