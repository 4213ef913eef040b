"""The style sheet, the script and the icon: named by their content, so that browsers ask for each once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from api.access import EVERYBODY, ScopedRoute
from api.problems import Problem

router = APIRouter(include_in_schema=False, route_class=ScopedRoute)

FOLDER: Final = Path(__file__).parents[1] / "static"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOREVER: Final = "public, max-age=31536000, immutable"


@cache
def asset(name: str) -> str:
    """Return the address of a file under ``static``."""
    return f"/static/{hashlib.sha256(_content(name)).hexdigest()[:12]}/{name}"


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in TYPES)


@router.get("/static/{digest}/{name}", openapi_extra=EVERYBODY)
def get_asset(digest: str, name: str, request: Request) -> Response:
    """Answer with a file, to be kept for as long as pages name it."""
    if name not in _names() or request.url.path != asset(name):
        raise Problem(404, "not_found", f"there is no {name} of the version {digest}; load the page again")
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return Response(_content(name), headers=headers, media_type=TYPES[Path(name).suffix])
