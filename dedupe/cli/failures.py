"""How a command fails: one line on standard error, and an exit code that says what kind of failure it was."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import Final

from dedupe.errors import DedupeError, StoreError


class ExitCode(IntEnum):
    """What a script can tell from how a command ended."""

    DONE = 0
    INCOMPLETE = 1
    USAGE = 2
    STORE = 3
    SERVER = 4
    INTERRUPTED = 130


MEANINGS: Final = {
    ExitCode.DONE: "done",
    ExitCode.INCOMPLETE: "done, but not all of it: a line was refused, or a check failed",
    ExitCode.USAGE: "the command line, or a file that it names, is wrong or unsafe; nothing was done",
    ExitCode.STORE: "the store cannot be used: locked, full, damaged or made with other settings",
    ExitCode.SERVER: "the server cannot be reached or started, or refuses",
    ExitCode.INTERRUPTED: "interrupted",
}


class CommandFailed(Exception):
    """What a command was asked to do cannot be done; the message says why and what to do."""

    def __init__(self, message: str, exit_code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def exit_code_of(problem: DedupeError) -> ExitCode:
    """Return the exit code for an error of the engine."""
    return ExitCode.STORE if isinstance(problem, StoreError) else ExitCode.USAGE


def complain(message: object) -> None:
    """Say one line on standard error."""
    sys.stderr.write(f"storyfold: {' '.join(str(message).split())}\n")


def epilogue() -> str:
    """Return the exit codes as a paragraph of help."""
    return "Exit codes: " + " · ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items())
