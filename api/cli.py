"""The command `storyfold`: what runs without a server, and what serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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
    for command in (serve, demo, feeds):
        application.command(epilog=epilogue())(command)
    return application


def serve(  # noqa: PLR0913, PLR0917  one parameter an option
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    store: Store = DEFAULT_STORE,
    key_file: KeyFile = None,
    is_open: Open = False,  # noqa: FBT002  that is how typer declares a flag
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
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


def feeds(  # noqa: PLR0913, PLR0917  one parameter an option
    opml: Annotated[Path, typer.Argument(help="An OPML file, as feed readers export it.", metavar="FEEDS.opml")],
    every: Annotated[str, typer.Option("--every", help="How often: 90s, 5m, 2h or 1d.", metavar="PAUSE")] = "5m",
    store: Annotated[
        str | None, typer.Option("--store", help=f"URL of the store; by default {DEFAULT_STORE}.", metavar="URL")
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", help="Send to this server instead of a store.", metavar="URL")
    ] = None,
    key_file: KeyFile = None,
    state: Annotated[
        Path | None,
        typer.Option("--state", help="Where to remember what was read; by default beside the list.", metavar="FILE"),
    ] = None,
    pages: Annotated[  # noqa: FBT002  that is how typer declares a flag
        bool, typer.Option("--pages", help="Read the pages that entries link to.")
    ] = False,
    once: Annotated[  # noqa: FBT002  that is how typer declares a flag
        bool, typer.Option("--once", help="Read every feed once, now, and end.")
    ] = False,
    allow_private: Annotated[  # noqa: FBT002  that is how typer declares a flag
        bool, typer.Option("--allow-private", help="Read from addresses inside this network, too.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Read the RSS and Atom feeds of a list, again and again, and take in what is new.

    A feed that did not change is not sent again by its server. One that cannot be read is named, and left alone
    longer each time, up to a day, or as long as its server asks. The text is the feed's own, or with --pages that of
    the page behind the link. With --once the exit code is 1 when something could not be read.
    """
    from api.feeds.command import Wanted, run, seconds_of
    from api.feeds.polling import Pace
    from dedupe.cli.ingest import Destination

    pace = Pace(every_seconds=seconds_of(every), pages=pages, once=once)
    wanted = Wanted(opml=opml, pace=pace, allow_private=allow_private, state=state)
    run(wanted, Destination(store=store, server=server, key_file=key_file), as_json=as_json)
