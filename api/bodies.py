"""Request bodies, read no further than their limits allow."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request
from pydantic import ValidationError

from api.problems import Problem, problem_of_body
from api.schemas import ArticleIn

JSON_TYPES = ("application/json",)
LINE_TYPES = ("application/x-ndjson", "application/jsonl", "application/json-lines", "application/ndjson")


def check_type(request: Request, accepted: Iterable[str]) -> None:
    """Raise a 415 `Problem` when the body is of another content type than those accepted."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in accepted:
        wanted = " or ".join(accepted)
        raise Problem(415, "unsupported_media_type", f"content-type is {given or 'absent'!r}; send {wanted}")


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body; raise a 413 `Problem` as soon as it is longer than ``limit`` bytes."""
    if int(request.headers.get("content-length") or 0) > limit:
        raise too_large(limit)
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > limit:
            raise too_large(limit)
        parts.append(part)
    return b"".join(parts)


def too_large(limit: int) -> Problem:
    """Return the problem of a body over the limit; the connection ends, since the rest is not read."""
    return Problem(413, "body_too_large", f"the body is longer than {limit:,} bytes", Connection="close")


def parse_article(body: bytes) -> ArticleIn:
    """Return the article that a JSON body holds; raise a `Problem` that names the field."""
    try:
        return ArticleIn.model_validate_json(body)
    except ValidationError as error:
        raise problem_of_body(error) from None
