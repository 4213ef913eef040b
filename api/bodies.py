"""Request bodies, read no further than their limits allow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.problems import Problem, problem_of_body
from dedupe.errors import InvalidArticle, InvalidCorrection

Model = TypeVar("Model", bound=BaseModel)

JSON_TYPES = ("application/json",)
MAX_CORRECTION_BYTES = 1_000_000
LINE_TYPES = ("application/x-ndjson", "application/jsonl", "application/json-lines", "application/ndjson")


def content_type(request: Request) -> str:
    """Return the content type of a body, without its parameters; "" where none is named."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_type(request: Request, accepted: Iterable[str]) -> None:
    """Raise a 415 `Problem` when the body is of another content type than those accepted."""
    given = content_type(request)
    if given not in accepted:
        wanted = " or ".join(accepted)
        raise Problem(415, "unsupported_media_type", f"content-type is {given or 'absent'!r}; send {wanted}")


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body; raise a 413 `Problem` as soon as it is longer than ``limit`` bytes, a 415 if packed."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise Problem(415, "unsupported_media_type", f"content-encoding is {encoding!r}; send none here")
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


async def read_json(request: Request, limit: int) -> bytes:
    """Return a body that says it is JSON; raise a 413 or 415 `Problem`."""
    check_type(request, JSON_TYPES)
    return await read_body(request, limit)


def parse(body: bytes, model: type[Model], code: str = InvalidArticle.code) -> Model:
    """Return what a JSON body holds; raise a `Problem` that names the field, under ``code``."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise problem_of_body(error, code) from None


async def read_correction(request: Request, model: type[Model]) -> Model:
    """Return what an editor decides; raise a `Problem` that names the field."""
    return parse(await read_json(request, MAX_CORRECTION_BYTES), model, InvalidCorrection.code)
