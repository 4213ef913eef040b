"""The part on speed of RESULTS.md, and what it is made from: the figures of each row, kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from rows.figure import Figure, Measured
from tables import markdown

HEADER: Final = ("what", "target", "ours", "least to most", "met")
PEERS_HEADER: Final = ("what", "peer", "theirs", "least to most", "ours is better by", "recall", "precision")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one row said when it was run last; ``is_whole`` is False where it was smaller than it should be."""

    about: str
    measured: Measured
    runs: int
    is_whole: bool
    when: str
    machine: str
    left_out: Sequence[str]


def as_json(kept: Mapping[str, Kept]) -> str:
    """Return rows as `of_json` reads them."""
    return json.dumps({name: asdict(row) for name, row in kept.items()}, indent=1, ensure_ascii=False) + "\n"


def of_json(text: str) -> dict[str, Kept]:
    """Return the rows that `as_json` wrote."""
    return {name: Kept(**(row | {"measured": _measured(row["measured"])})) for name, row in json.loads(text).items()}


def _measured(kept: dict[str, Any]) -> Measured:
    figures = [Figure.of_json(figure) for figure in kept["figures"]]
    return Measured(figures=figures, note=kept["note"], curves=kept["curves"])


def text_of(kept: Mapping[str, Kept], plots: Sequence[str]) -> str:
    """Return the part of RESULTS.md, with the ``plots`` of these file names."""
    ours = [
        (f"{name} {figure.what}", *_ours(figure, row)) for name, row in kept.items() for figure in row.measured.figures
    ]
    theirs = [
        (f"{name} {figure.what}", *_theirs(figure, peer))
        for name, row in kept.items()
        for figure in row.measured.figures
        for peer in figure.peers
    ]
    rows = [f"- **{name}**, {row.about}: {row.measured.note}. {_runs(row)}." for name, row in kept.items()]
    left_out = sorted({peer for row in kept.values() for peer in row.left_out})
    parts = [
        "# Speed",
        INTRODUCTION,
        markdown([HEADER, *ours], left=1),
        *([f"Peers, in the same run.{_named(left_out)}", markdown([PEERS_HEADER, *theirs], left=2)] if theirs else []),
        *(f"![{name}]({name})" for name in plots),
        "Measured on:",
        "\n".join(rows),
    ]
    return "\n\n".join(parts) + "\n"


INTRODUCTION = """\
Medians, with the least and the most of all runs. What is compared ran in one process, in turn, pinned to one
processor. S1, S3, S4 and S10 count the time that the processor spent, S2 and S5 to S8 that of the clock. What stands in
brackets was measured smaller than the target says: it is a hint, and no answer.
How each row is measured: [docs/benchmarks.md](../docs/benchmarks.md)."""


def _runs(row: Kept) -> str:
    return f"{'One run' if row.runs == 1 else f'{row.runs} runs'} on {row.when}: {row.machine}"


def _named(left_out: Sequence[str]) -> str:
    return f" Not installed, so left out: {', '.join(left_out)}." if left_out else ""


def _ours(figure: Figure, row: Kept) -> tuple[str, ...]:
    sign = "≤" if figure.less_is_better else "≥"
    target = "–" if figure.target is None else f"{sign} {_number(figure.target)}"
    return target, _number(median(figure.ours)), _spread(figure.ours), _met(figure, row)


def _met(figure: Figure, row: Kept) -> str:
    if figure.is_met is None:
        return "–"
    told = "yes" if figure.is_met else "no"
    return told if row.is_whole else f"({told})"


def _theirs(figure: Figure, peer: str) -> tuple[str, ...]:
    found = figure.found.get(peer)
    agreement = (f"{found.recall:.3f}", f"{found.precision:.3f}") if found else ("–", "–")
    theirs = figure.peers[peer]
    return peer, _number(median(theirs)), _spread(theirs), f"{figure.ratio(peer):.1f} ×", *agreement


def _spread(values: Sequence[float]) -> str:
    return f"{_number(min(values))} to {_number(max(values))}" if len(values) > 1 else "–"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:.3g}"
