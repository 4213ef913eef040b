"""`storyfold keys`: who may use the service. What the commands do is in `access`, loaded when it is asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from dedupe.access import Scope
from dedupe.cli.failures import epilogue
from dedupe.cli.options import DEFAULT_STORE, AsJson, Store


def keys_commands() -> typer.Typer:
    """Return the commands about keys."""
    commands = typer.Typer(
        name="keys",
        help="Make, list and revoke the keys of the service; a running server takes note within a second.",
        epilog=epilogue(),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    commands.command("create", epilog=epilogue())(create)
    commands.command("list", epilog=epilogue())(listed)
    commands.command("revoke", epilog=epilogue())(revoke)
    return commands


def create(
    name: Annotated[str, typer.Argument(help="Who, or what, the key is for.", metavar="NAME")],
    scopes: Annotated[
        list[Scope], typer.Option("--scope", help="What the key opens; may be repeated. admin opens everything.")
    ],
    rate: Annotated[
        str | None,
        typer.Option("--rate", help="How often it may ask; by default as the server says.", metavar="N/UNIT"),
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Make a key and print it, this once: the store keeps only its digest.

    From the first key on, every request needs one. --rate takes 100/second, 5000/minute or 90000/hour.
    """
    from dedupe.cli.access import run_create

    run_create(name, scopes, rate, store, as_json=as_json)


def listed(
    store: Store = DEFAULT_STORE,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """List every key there ever was: its id, name and scopes, when it was made, last used, revoked."""
    from dedupe.cli.access import run_list

    run_list(store, as_json=as_json)


def revoke(
    key_id: Annotated[str, typer.Argument(help="The id of the key, from `storyfold keys list`.", metavar="ID")],
    store: Store = DEFAULT_STORE,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Let a key open nothing from now on."""
    from dedupe.cli.access import run_revoke

    run_revoke(key_id, store, as_json=as_json)
