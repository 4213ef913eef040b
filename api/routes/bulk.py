"""Articles in by the thousand: NDJSON in, NDJSON out, a line for a line, streamed both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.access import ScopedRoute, needs
from api.answers import dumps
from api.bodies import LINE_TYPES, check_type, content_type, parse
from api.deps import Service, ServiceDep
from api.ending import ServiceEnds
from api.files import FILE_TYPES, entries_of, received
from api.gzip import UnusableGzip, inflated
from api.openapi import LINES, LINES_ANSWER, LINES_BODY, PROBLEMS
from api.problems import Problem, defect, problem_of
from api.rendering import assignment_json
from api.routes.articles import submission
from api.schemas import ArticleIn
from api.writer import Answer
from dedupe import access, ids
from dedupe.engine import Submission
from dedupe.errors import DedupeError, UnreadableInput
from dedupe.events import Assignment
from dedupe.readers.entry import Entry
from dedupe.readers.fields import article_of

router = APIRouter(prefix="/v1/articles", tags=["articles"], route_class=ScopedRoute)

Result = asyncio.Future[Answer] | Problem
Items = AsyncIterator[tuple[int, bytes | None]] | AsyncIterator[tuple[int, Entry]]


@router.post(
    "/bulk", summary="Place many articles", response_class=StreamingResponse, responses=LINES_ANSWER | PROBLEMS,
    openapi_extra=LINES_BODY | needs(access.Scope.INGEST),
)  # fmt: skip
async def post_articles(request: Request, service: ServiceDep) -> Response:
    """Answer each line with its assignment, or with the problem of that line alone, in order.

    A blank line is passed over. A body may be gzipped (`Content-Encoding: gzip`). CSV, Parquet, ninjs, RSS and Atom
    are told by their Content-Type, and read when they are there whole.
    """
    check_type(request, (*LINE_TYPES, *FILE_TYPES))
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Problem(415, "unsupported_media_type", f"content-encoding is {encoding!r}; send gzip or none")
    body = service.ending.cut(request.stream())
    parts = inflated(body) if encoding == "gzip" else body
    form = FILE_TYPES.get(content_type(request))
    if form is None:
        items: Items = _lines(parts, service.settings.max_line_bytes)
    else:
        items = entries_of(await received(parts), form)
    return _Duplex(_answers(items, service), media_type=LINES)


class _Duplex(StreamingResponse):
    """A stream that is written while the request is still being read.

    The usual one waits for the client to go away meanwhile, and so swallows the rest of the request.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """Write the stream, and leave the request to whoever reads it."""
        await self.stream_response(send)


async def _answers(items: Items, service: Service) -> AsyncIterator[bytes]:
    """Read and answer at the same time: a client that sends all before it reads must not block us."""
    results: asyncio.Queue[tuple[int, Result] | None] = asyncio.Queue(service.settings.bulk_backlog)
    reader = asyncio.create_task(_read(items, service, results))
    try:
        while (entry := await results.get()) is not None:
            yield await _line(*entry)
    finally:
        reader.cancel()


async def _read(items: Items, service: Service, results: asyncio.Queue[tuple[int, Result] | None]) -> None:
    window = asyncio.Semaphore(service.settings.bulk_window)
    number = 0
    try:
        async for number, item in items:
            if item is None:
                problem = Problem(413, "line_too_long", f"longer than {service.settings.max_line_bytes:,} bytes")
                await results.put((number, problem))
            elif isinstance(item, Entry) or item.strip():
                await window.acquire()
                await results.put((number, await _enter(item, service, window)))
    except UnreadableInput as error:
        await results.put((number + 1, problem_of(error)))
    except UnusableGzip as error:
        await results.put((number + 1, Problem(400, "malformed_gzip", str(error))))
    except ServiceEnds:
        await results.put((number + 1, Problem(503, "overloaded", "the server is shutting down; send the rest again")))
    except ClientDisconnect:
        return
    finally:
        await results.put(None)


async def _enter(item: bytes | Entry, service: Service, window: asyncio.Semaphore) -> Result:
    try:
        arrived = await _arrived(item, next(service.numbers))
        while service.writer.is_full:
            await asyncio.sleep(0.005)
        future = service.writer.submit(arrived)
    except Problem as problem:
        window.release()
        return problem
    except DedupeError as error:
        window.release()
        return problem_of(error)
    future.add_done_callback(lambda _: window.release())
    return future


async def _arrived(item: bytes | Entry, number: int) -> Submission:
    if isinstance(item, bytes):
        return await submission(parse(item, ArticleIn), number)
    fields = item.checked()
    article = await run_in_threadpool(article_of, fields) if "html" in fields else article_of(fields)
    return Submission(article=article, article_id=ids.encode("art", number), received_at=datetime.now(UTC))


async def _line(number: int, result: Result) -> bytes:
    """Return the answer to one line, once there is one."""
    problem = result if isinstance(result, Problem) else None
    if isinstance(result, asyncio.Future):
        try:
            answer = await result
        except DedupeError as error:
            problem = problem_of(error)
        except Exception:  # noqa: BLE001  the writer has logged it; the lines after it want their answers
            problem = defect()
        else:
            assert isinstance(answer, Assignment)  # noqa: S101  a submission is answered by an assignment
            return dumps(assignment_json(answer)) + b"\n"
    document = problem.document() if problem else {}
    return dumps({"line": number} | document) + b"\n"


async def _lines(parts: AsyncIterator[bytes], limit: int) -> AsyncIterator[tuple[int, bytes | None]]:
    """Yield the lines with their numbers from 1, None for one that is longer than ``limit`` bytes."""
    number, pending, skipping = 1, b"", False
    async for part in parts:
        *complete, pending = (pending + part).split(b"\n")
        for line in complete:
            yield number, None if skipping or len(line) > limit else line
            number, skipping = number + 1, False
        if len(pending) > limit:
            # What is left of the line is read and forgotten, so that it fails alone.
            pending, skipping = b"", True
    if pending or skipping:
        yield number, None if skipping or len(pending) > limit else pending
