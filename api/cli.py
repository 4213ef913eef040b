"""The command `storyfold`: what runs without a server, and what serves."""

from __future__ import annotations

from collections.abc import Sequence

from dedupe.cli.app import command_line
from dedupe.cli.app import main as run


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    run(arguments, command_line())
