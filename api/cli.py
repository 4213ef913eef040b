"""The command `storyfold`: what runs without a server, and what serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from dedupe.cli.app import command_line
from dedupe.cli.app import main as run
from dedupe.cli.failures import epilogue
from dedupe.cli.options import DEFAULT_STORE, AsJson, KeyFile, Store

_NOBODY_ASKED: Final = "Let everyone who can reach the address read and write, while there is no key."

Host = Annotated[str, typer.Option("--host", help="The address to listen on.", metavar="ADDRESS")]
Port = Annotated[int, typer.Option("--port", help="The port; 0 is any free one.", min=0, max=65535)]
Open = Annotated[bool, typer.Option("--open", help=_NOBODY_ASKED)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    run(arguments, command_line_with_server())


def command_line_with_server() -> typer.Typer:
    """Return every command there is."""
    application = command_line()
    for command in (serve, demo):
        application.command(epilog=epilogue())(command)
    return application


def serve(  # noqa: PLR0913, PLR0917  one parameter an option
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    store: Store = DEFAULT_STORE,
    key_file: KeyFile = None,
    is_open: Open = False,  # noqa: FBT002  that is how typer declares a flag
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Serve the API, until interrupted or terminated; what was accepted is finished first.

    Other machines reach the service only where --host says so, and then there must be a key (storyfold keys
    create), or --open. The file of --api-key-file holds further keys, one a line, each of which opens
    everything; clients send a key as Authorization: Bearer KEY.
    """
    from api.hosting import Hosting, serve

    serve(Hosting(host, port, key_file, is_open=is_open), store, context.obj, as_json=as_json)


def demo(
    context: typer.Context,
    port: Port = 8000,
    store: Annotated[
        str | None, typer.Option("--store", help="URL of a store to keep; by default a temporary one.", metavar="URL")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Serve the sample stream, on this machine only, with an article more to try."""
    from api.hosting import demo

    demo(port, store, context.obj, as_json=as_json)
