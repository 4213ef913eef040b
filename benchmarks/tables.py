"""Rows of figures as Markdown that can also be read as it is."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return rows, the first of them the header, as an aligned table; behind ``left`` columns come figures."""
    header, *body = rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    ruler = [f"{'-' * (width - 1)}:" if column >= left else "-" * width for column, width in enumerate(widths)]
    return "\n".join(
        "| " + " | ".join(_aligned(cell, widths[at], is_figure=at >= left) for at, cell in enumerate(row)) + " |"
        for row in (header, ruler, *body)
    )


def _aligned(cell: str, width: int, *, is_figure: bool) -> str:
    return cell.rjust(width) if is_figure else cell.ljust(width)
