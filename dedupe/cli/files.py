"""Commands on files: no server, no store. What they do is in a module each, loaded when it is asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from dedupe.cli.options import AsJson, FormatName, Output


def cluster(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="JSON lines or CSV, also with gzip; - is standard input.", metavar="FILE")
    ],
    output: Output,
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


def evaluate(
    gold: Annotated[
        str,
        typer.Argument(help="JSON lines or CSV: id and cluster, optionally language, title, text, duplicate_group."),
    ],
    predictions: Annotated[
        str | None, typer.Argument(help="What `storyfold cluster` wrote; without it, the articles are clustered now.")
    ] = None,
    articles: Annotated[
        str | None, typer.Option("--articles", help="Titles and texts, where GOLD has none.", metavar="FILE")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="The field of GOLD that names the event.")] = "cluster",
    html: Annotated[
        str | None, typer.Option("--html", help="Also write the report as one HTML file, with plots.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002  that is how typer declares a flag
) -> None:
    """Measure a clustering against your own labels: how good it is, where, and its worst errors with reasons.

    Lines of GOLD without a cluster, and articles that GOLD does not mention, are not scored. Copies are
    scored when lines have a duplicate_group, or when a file near_dup_pairs.jsonl (a, b, label) lies beside
    GOLD. Reasons and curves come from the run itself: they are missing when PREDICTIONS are given.
    """
    from dedupe.cli.evaluate import Asked, run

    run(Asked(gold, predictions, articles, label, html), as_json=as_json)
