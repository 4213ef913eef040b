"""The command `storyfold`: what runs without a server, and what serves."""

from __future__ import annotations

from collections.abc import Sequence

from dedupe.cli.app import app
from dedupe.cli.app import main as run

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    run(arguments, app)
