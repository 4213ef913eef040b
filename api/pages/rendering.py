"""Templates, turned into pages: everything is escaped, nothing is loaded from anywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.assets import asset
from api.views import times, wording

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "ago": times.ago,
        "stamp": times.stamp,
        "machine_time": times.machine_time,
        "clock_time": times.clock_time,
        "counted": wording.counted,
        "percent": wording.percent,
        "grouped": "{:,}".format,
    }
    environment.globals["asset"] = asset
    return environment


_ENVIRONMENT: Final = _environment()


def page(template: str, context: dict[str, Any], status: int = 200) -> Response:
    """Return a page made from a template."""
    html = _ENVIRONMENT.get_template(f"{template}.html.jinja").render(context)
    return Response(html, status, headers=HEADERS, media_type="text/html")
