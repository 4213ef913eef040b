"""Pages for people: the newest clusters, and what the service can be asked."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.access import ScopedRoute, needs
from api.answers import json_answer, not_modified, tag
from api.deps import ServiceDep
from dedupe.access import Scope
from dedupe.store.answers import ClusterRow
from dedupe.store.queries import ClusterFilter, ClusterSort

router = APIRouter(include_in_schema=False, route_class=ScopedRoute)

STYLE: Final = """
:root { color-scheme: light dark; --quiet: light-dark(#595959, #a6a6a6); --line: light-dark(#d9d9d9, #3d3d3d); }
body { font: 1rem/1.5 Georgia, 'Times New Roman', serif; max-width: 46rem; margin: 0 auto; padding: 1rem;
  background: light-dark(#fffdf9, #16181a); color: light-dark(#1a1a1a, #ececec); }
h1 { font-size: 1.6rem; margin: .5rem 0 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, dd { margin: .25rem 0; } .quiet { color: var(--quiet); font-size: .9rem; }
ol { list-style: none; padding: 0; } li { border-top: 1px solid var(--line); padding: .6rem 0; }
a { color: light-dark(#0b4a8f, #8fc1ff); text-underline-offset: .15em; overflow-wrap: anywhere; }
a:focus-visible, summary:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
details { margin: .25rem 0; } summary { cursor: pointer; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); }
code { font: .875rem/1.4 ui-monospace, Menlo, Consolas, monospace; }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NEWEST: Final = 30
TRY: Final = """curl -s {base}v1/articles -H 'content-type: application/json' -d '{{
  "title": "Harbour ferry runs aground off Sandholm",
  "text": "The ferry Aurora ran aground at dawn. All 212 people on board were brought ashore.",
  "source": "Eastlow Standard", "published_at": "2026-03-02T06:40:00Z"}}'"""


@router.get("/", openapi_extra=needs(Scope.READ))
def front_page(request: Request, service: ServiceDep) -> Response:
    """Show the newest clusters, or how to send the first article."""
    entity_tag = tag(request, service.feed.last_seq)
    if unchanged := not_modified(request, entity_tag):
        return unchanged
    totals = service.catalogue.totals()
    rows = service.catalogue.clusters(ClusterFilter(), ClusterSort.UPDATED, NEWEST, None).rows
    counts = f"{totals.articles:,} articles in {totals.clusters:,} clusters"
    example = escape(TRY.format(base=request.base_url))
    if rows:
        main = f"<h2>Newest</h2><ol>{''.join(map(_cluster, rows))}</ol>"
    else:
        main = "<p>Nothing here yet. Send an article, then load this page again:</p>"
    body = (
        f"<h1>Storyfold</h1><p class=quiet>{counts} · <a href=/docs>What you can ask</a></p>{main}"
        f"<h2>Send an article</h2><pre><code>{example}</code></pre>"
    )
    return page("Storyfold", body, {"ETag": entity_tag})


@router.get("/docs", openapi_extra=needs(Scope.READ))
def docs_page(request: Request) -> Response:
    """Show the operations of the OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    operations = (
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    body = (
        "<h1>What you can ask Storyfold</h1>"
        "<p class=quiet><a href=/>Newest clusters</a> · <a href=/openapi.json>OpenAPI document</a></p>"
        f"{''.join(operations)}"
    )
    return page("What you can ask Storyfold", body, {})


@router.get("/openapi.json", openapi_extra=needs(Scope.READ))
def openapi_document(request: Request) -> Response:
    """Answer with the OpenAPI document."""
    return json_answer(request.app.openapi())


def page(title: str, body: str, headers: dict[str, str]) -> Response:
    """Return a whole page; ``body`` is HTML that is already escaped."""
    document = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style><body><main>{body}</main></body></html>"
    )
    safe = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    return Response(document, headers=safe | headers, media_type="text/html")


def _cluster(row: ClusterRow) -> str:
    outlets = ", ".join(row.sources[:4]) + (", …" if row.source_count > len(row.sources[:4]) else "")
    counts = f"{row.size} article{'s' * (row.size != 1)}, {row.independent_count} independent"
    told = f"{counts} · last {_time(row.last_seen)}" + escape(f" · {outlets}" if outlets else "")
    return (
        f"<li><a href='/v1/clusters/{escape(row.cluster_id)}' lang='{escape(row.language)}' dir=auto>"
        f"{escape(row.headline)}</a><p class=quiet>{told}</p>"
    )


def _time(moment: datetime) -> str:
    stamp = moment.astimezone(UTC)
    return f"<time datetime='{stamp:%Y-%m-%dT%H:%M:%SZ}'>{stamp.day} {stamp:%B %Y, %H:%M} UTC</time>"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters: Iterable[dict[str, Any]] = operation.get("parameters", ())
    listed = "".join(
        f"<dt><code>{escape(entry['name'])}</code> <span class=quiet>{escape(entry['in'])}</span></dt>"
        f"<dd>{escape(entry.get('description', ''))}</dd>"
        for entry in parameters
    )
    asked = _examples("Send", operation["requestBody"]) if "requestBody" in operation else ""
    answered = "".join(_examples(status, answer) for status, answer in operation["responses"].items())
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation.get('summary', ''))}</p>"
        f"<p class=quiet>{escape(operation.get('description', ''))}</p><dl>{listed}</dl>{asked}{answered}"
    )


def _examples(name: str, body: dict[str, Any]) -> str:
    """Return the examples of a request's or an answer's body, folded away."""
    told = f"<strong>{escape(name)}</strong> {escape(body.get('description', ''))}"
    shown = "".join(
        f"<pre><code>{escape(_text(described['example']))}</code></pre>"
        for described in body.get("content", {}).values()
        if "example" in described
    )
    return f"<details><summary>{told}</summary>{shown}</details>" if shown else f"<p>{told}</p>"


def _text(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
