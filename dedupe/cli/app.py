"""The commands, their options and their help. What they do is in a module each, loaded when it is asked for."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import click
import typer

from dedupe.cli.failures import CommandFailed, ExitCode, complain, epilogue, exit_code_of
from dedupe.errors import DedupeError

app = typer.Typer(
    name="storyfold",
    help="Folds the copies and retellings of a news event into one cluster, as they arrive.",
    epilog=epilogue(),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="End standard output with one line of JSON.")]
FormatName = Annotated[
    str | None, typer.Option("--format", help="jsonl or csv; by default what the file's name ends in.")
]


def main(arguments: Sequence[str] | None = None, application: typer.Typer = app) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(_exit_code(application, arguments, time.perf_counter()))


def _exit_code(application: typer.Typer, arguments: Sequence[str] | None, started: float) -> int:
    try:
        code = application(args=arguments, standalone_mode=False, obj=started)
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except CommandFailed as problem:
        complain(problem)
        return problem.exit_code
    except DedupeError as problem:
        complain(problem)
        return exit_code_of(problem)
    return int(code or 0)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it with the option's value
    if wanted:
        typer.echo(f"storyfold {version('storyfold')}")
        raise typer.Exit


PrintVersion = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
]


@app.callback()
def options(
    _version: PrintVersion = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Take the options that come before a command."""


@app.command(epilog=epilogue())
def cluster(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="JSON lines or CSV, also with gzip; - is standard input.")],
    output: Annotated[
        str, typer.Option("--output", "-o", help="Where to; gzip if it ends in .gz; - is standard output.")
    ],
    form: FormatName = None,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Cluster a file of articles in one go: no server, no store.

    A line has an id, a title or a text, and optionally source, published_at and language (or lang); other
    fields are ignored. A date without a zone, or without a time, is taken as UTC. Articles go in order of
    published_at, those of one moment in the order of the file, the undated after the dated.

    The output has one line for each input line, in the same order: id, cluster_id, duplicate_group_id (null
    for an article nobody copied) and duplicate_of (the id of the article it was copied from). A bad line or
    an id that comes twice ends the command with exit code 2, and no output is written.

    With --json, standard output ends with articles, clusters, duplicate_groups, seconds (from opening the
    input to closing the output), articles_per_second and startup_seconds (compiling kernels included).
    """
    from dedupe.cli.cluster import run

    run(file, output, form, context.obj, as_json=as_json)
