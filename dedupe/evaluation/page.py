"""A report as one HTML file that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from dedupe.evaluation import plots
from dedupe.evaluation.report import Report
from dedupe.evaluation.text import NO_REASONS, likeness_line

_TEMPLATE: Final = "page.html.jinja"


def render_page(report: Report, titles: Mapping[str, str], name: str) -> str:
    """Return the report on the labels called ``name`` as HTML."""
    return _template().render(
        report=report,
        titles=titles,
        name=name,
        plots=plots.plots_of(report.curves, report.size_counts),
        frame=plots,
        no_reasons=NO_REASONS,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["score"] = "{:.3f}".format
    environment.filters["count"] = "{:,}".format
    environment.filters["likeness"] = likeness_line
    return environment.get_template(_TEMPLATE)
