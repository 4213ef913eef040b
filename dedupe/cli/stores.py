"""Commands on a store or a running server. What they do is in a module each, loaded when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.options import DEFAULT_STORE, AsJson, Force, FormatName, KeyFile, Output, Store


def ingest(
    files: Annotated[
        list[str], typer.Argument(help="JSON lines, CSV, Parquet, ninjs, RSS or Atom; - is stdin.", metavar="FILE…")
    ],
    store: Annotated[
        str | None, typer.Option("--store", help=f"URL of the store; by default {DEFAULT_STORE}.", metavar="URL")
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", help="Send to this server instead of a store.", metavar="URL")
    ] = None,
    key_file: KeyFile = None,
    form: FormatName = None,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Take in files of articles, in the order in which they come.

    A line has a title, a text or html, and optionally id (kept as uri, by which the article is recognised
    when it comes again), url, source, published_at, language, version, authors, pub_status and
    embargoed_until; other fields are ignored. A date without a zone, or without a time, is taken as UTC. In
    CSV the first line names the fields, and semicolons separate authors.

    A bad line is reported with file and line, and the rest goes in; the exit code is then 1. What is there
    already is recognised: after an interruption, run the same command again.
    """
    from dedupe.cli.ingest import Destination, run

    run(files, Destination(store=store, server=server, key_file=key_file), form, as_json=as_json)


def export(
    store: Store = DEFAULT_STORE,
    output: Output = "-",
    form: FormatName = None,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Write out every article with its assignment, as the store is at this moment; a server may go on writing.

    As jsonl, csv, parquet, json (JSON Feed) or rss; `storyfold ingest` reads the first three back. Articles
    that were taken down are left out.
    """
    from dedupe.cli.export import run

    run(store, output, form, as_json=as_json)


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write.", metavar="TARGET")],
    store: Store = DEFAULT_STORE,
    force: Force = False,  # noqa: FBT002  that is how typer declares a flag
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Copy the store to a file, as it is at this moment, and verify the copy; a server may go on writing."""
    from dedupe.cli.copies import run_backup

    run_backup(target, store, force=force, as_json=as_json)


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `storyfold backup` wrote.", metavar="SOURCE")],
    store: Store = DEFAULT_STORE,
    force: Force = False,  # noqa: FBT002  that is how typer declares a flag
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Put a backup in the place of the store, which no server may have open."""
    from dedupe.cli.copies import run_restore

    run_restore(source, store, force=force, as_json=as_json)


def reindex(  # noqa: PLR0913, PLR0917  one parameter an option
    store: Store = DEFAULT_STORE,
    settings: Annotated[
        list[str] | None, typer.Option("--settings", help="A setting to change; may be repeated.", metavar="NAME=VALUE")
    ] = None,
    is_preview: Annotated[bool, typer.Option("--preview", help="Compare, change nothing.")] = False,  # noqa: FBT002  as below
    is_activation: Annotated[bool, typer.Option("--activate", help="Put it into force.")] = False,  # noqa: FBT002  as below
    is_rollback: Annotated[bool, typer.Option("--rollback", help="Bring the former one back.")] = False,  # noqa: FBT002  as below
    is_discard: Annotated[bool, typer.Option("--discard", help="Give up what was built.")] = False,  # noqa: FBT002  as below
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Cluster the archive anew by other settings, to the side, and say what would change.

    It is put into force by --activate, at once or later, all of it or nothing. No server may have the store
    open; a running one does the same at POST /v1/reindex. Interrupted, the same command without --settings
    goes on where it was.
    """
    from dedupe.cli.reindex import Deed, run

    chosen = zip(Deed, (is_preview, is_activation, is_rollback, is_discard), strict=True)
    run(store, settings or [], [deed for deed, is_chosen in chosen if is_chosen], as_json=as_json)


def doctor(
    store: Store = DEFAULT_STORE,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Check this installation and the store; say of each OK, WARN or FAIL, and what to do.

    Changes nothing, and may run beside a server. The exit code is 1 when a check fails.
    """
    from dedupe.cli.doctor import run

    run(store, as_json=as_json)
