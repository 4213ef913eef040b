"""Rows of figures as Markdown that can also be read as it is."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them the header, as an aligned table; all but the first column are figures."""
    header, *body = rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    ruler = [f"{'-' * (width - 1)}:" if column else "-" * width for column, width in enumerate(widths)]
    return "\n".join(
        "| " + " | ".join(_aligned(cell, column, widths[column]) for column, cell in enumerate(row)) + " |"
        for row in (header, ruler, *body)
    )


def _aligned(cell: str, column: int, width: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)
