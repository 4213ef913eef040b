"""JSON answers with entity tags, links to the next page, and 304 for what has not changed."""

from __future__ import annotations

import zlib
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


def tag(request: Request, version: int) -> str:
    """Return the weak entity tag of what a GET answers while ``version`` lasts, to whoever has the same key."""
    address = f"{request.url.path}?{request.url.query} {request.headers.get('authorization', '')}".encode()
    return f'W/"{version}-{zlib.crc32(address):08x}"'


def not_modified(request: Request, entity_tag: str) -> Response | None:
    """Return a 304 when the client has this version already."""
    known = request.headers.get("if-none-match", "")
    if entity_tag.removeprefix("W/") in (entry.strip().removeprefix("W/") for entry in known.split(",")):
        return Response(status_code=304, headers={"ETag": entity_tag})
    return None


def next_page(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the ``Link`` header to the page that ``cursor`` begins."""
    if cursor is None:
        return {}
    target = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{target.path}?{target.query}>; rel="next"'}
