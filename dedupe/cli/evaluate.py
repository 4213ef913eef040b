"""`storyfold evaluate`: a clustering held against labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from dedupe.cli.batch import cluster_batch
from dedupe.cli.cluster import Line, read_lines
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.output import check_output, open_output, print_json, say
from dedupe.cli.progress import progress
from dedupe.cli.startup import load_kernels
from dedupe.cli.witness import WeighedTexts, Witness
from dedupe.clusters.decision import shipped_model
from dedupe.engine import Engine
from dedupe.evaluation.gold import LABEL, TITLE_CHARACTERS, Gold, Prediction, read_gold, read_predictions
from dedupe.evaluation.page import render_page
from dedupe.evaluation.report import Report, Run, evaluate
from dedupe.evaluation.text import render
from dedupe.readers.source import STANDARD_INPUT
from dedupe.settings import EngineSettings


class Asked(NamedTuple):
    """What the command line names; ``html`` is the file for the page, None for no page."""

    gold: str
    predictions: str | None
    articles: str | None
    label: str
    html: str | None


def run(asked: Asked, *, as_json: bool) -> None:
    """Print how well predictions agree with labels; raise `UnreadableInput` or `CommandFailed`.

    Without predictions, the articles are clustered now; they are in the gold file itself where no file is named.
    """
    if asked.gold == STANDARD_INPUT:
        raise CommandFailed("labels are read more than once: save them to a file and name that", ExitCode.USAGE)
    if asked.html:
        check_output(asked.html, asked.gold, *filter(None, (asked.predictions, asked.articles)))
    gold = read_gold(asked.gold, asked.label)
    if not gold.events and asked.label != LABEL:
        raise CommandFailed(f"no line of {asked.gold} has a label in the field {asked.label!r}", ExitCode.USAGE)
    lines = read_lines(asked.articles or asked.gold) if asked.articles or not asked.predictions else []
    gold = replace(gold, languages={**gold.languages, **_languages(lines)})
    titles = {**titles_of(lines), **gold.titles}
    report = evaluate(gold, read_predictions(asked.predictions)) if asked.predictions else measured(gold, lines)
    if asked.html:
        with open_output(asked.html) as page:
            page.write(render_page(report, titles, PurePath(asked.gold).name).encode())
    if as_json:
        print_json(report.as_json())
    else:
        say(render(report, titles))


def measured(gold: Gold, lines: Sequence[Line]) -> Report:
    """Cluster articles as `storyfold cluster` does, watch it, and compare; raise `UnreadableInput`."""
    load_kernels()
    settings, model = EngineSettings(), shipped_model()
    witness = Witness(lines)
    with progress("Clustering", len(lines)) as report:
        placements = cluster_batch([line.article for line in lines], report, Engine(witness, settings, model=model))
    predictions = {
        str(line.id): Prediction(cluster_id=placement.cluster_id, duplicate_group_id=placement.duplicate_group_id)
        for line, placement in zip(lines, placements, strict=True)
    }
    texts = WeighedTexts(lines, witness, settings)
    return evaluate(gold, predictions, Run(decisions=witness.decisions, model=model, texts=texts))


def _languages(lines: Sequence[Line]) -> dict[str, str]:
    return {str(line.id): line.article.language for line in lines if line.article and line.article.language}


def titles_of(lines: Sequence[Line]) -> dict[str, str]:
    """Return the title of each article that has one, or else how it begins."""
    shown = {}
    for line in lines:
        if line.article is not None:
            shown[str(line.id)] = (line.article.title or " ".join(line.article.text[: 2 * TITLE_CHARACTERS].split()))[
                :TITLE_CHARACTERS
            ]
    return shown
