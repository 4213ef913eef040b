"""JSON answers, and links to the next page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_SERIALIZE_DATACLASS


def json_answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return ``content`` as JSON, times in UTC."""
    return Response(dumps(content), status, headers=dict(headers or {}), media_type="application/json")


def dumps(content: Any) -> bytes:
    """Return ``content`` as JSON bytes."""
    return orjson.dumps(content, option=_OPTIONS)


def next_page(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the ``Link`` header to the page that ``cursor`` begins."""
    if cursor is None:
        return {}
    target = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{target.path}?{target.query}>; rel="next"'}
