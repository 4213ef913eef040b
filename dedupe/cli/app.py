"""The command line as a whole: its commands, and how it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Final

import typer

from dedupe.cli.failures import CommandFailed, ExitCode, complain, epilogue, exit_code_of
from dedupe.cli.files import cluster, evaluate
from dedupe.cli.keys import keys_commands
from dedupe.cli.stores import backup, doctor, export, ingest, reindex, restore
from dedupe.errors import DedupeError

_WRONG_USAGE: Final[type[Exception]] = typer.BadParameter.mro()[2]
"""What typer raises for a wrong command line; it has no public name, since typer carries its own click."""


def command_line() -> typer.Typer:
    """Return the commands that need no server."""
    app = typer.Typer(
        name="storyfold",
        help="Folds the copies and retellings of a news event into one cluster, as they arrive.",
        epilog=epilogue(),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for command in (cluster, ingest, export, reindex, backup, restore, evaluate, doctor):
        app.command(epilog=epilogue())(command)
    app.add_typer(keys_commands())
    return app


def main(arguments: Sequence[str] | None = None, application: typer.Typer | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(_exit_code(application or command_line(), arguments, time.perf_counter()))


def _exit_code(application: typer.Typer, arguments: Sequence[str] | None, started: float) -> int:
    try:
        code = int(application(args=arguments, prog_name="storyfold", standalone_mode=False, obj=started) or 0)
    except _WRONG_USAGE as problem:
        return _wrong_usage(problem)
    except typer.Abort:
        code = ExitCode.INTERRUPTED
    except CommandFailed as problem:
        complain(problem)
        return problem.exit_code
    except DedupeError as problem:
        complain(problem)
        return exit_code_of(problem)
    if code == ExitCode.INTERRUPTED:
        complain("interrupted")
    return code


def _wrong_usage(problem: Exception) -> ExitCode:
    context = getattr(problem, "ctx", None)
    if type(problem).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{context.get_help() if context else problem}\n")
        return ExitCode.USAGE
    message = getattr(problem, "format_message", problem.__str__)().rstrip(".")
    complain(f"{message}; see {context.command_path if context else 'storyfold'} --help")
    return ExitCode.USAGE


def _print_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it with the option's value
    if wanted:
        typer.echo(f"storyfold {version('storyfold')}")
        raise typer.Exit


_Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
]


def _options(
    _version: _Version = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Take the options that come before a command."""
