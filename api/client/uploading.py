"""Articles by the thousand: sent in gzipped parts, answered one by one, in order.

A part is one request to ``/v1/articles/bulk``. One endless request would be enough for the server, but HTTP clients
send a request whole before they read its answer, and a part can be sent again when the connection breaks.
"""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final

import httpx
from pydantic import TypeAdapter

from api.client.problem import ApiProblem, UnexpectedAnswer, is_busy
from api.client.request import Request
from api.schemas import ArticleIn, AssignmentOut, ProblemOut

PART_ARTICLES: Final = 1_000
PART_BYTES: Final = 4_000_000
_LINES: Final = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}


class LineProblem(ProblemOut):
    """Why one line was refused; ``line`` counts within its request."""

    line: int


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of one article: where it is, or else why it was refused. ``number`` counts all of them from 1."""

    number: int
    assignment: AssignmentOut | None = None
    problem: ProblemOut | None = None


Line = AssignmentOut | LineProblem
_LINE: Final[TypeAdapter[Line]] = TypeAdapter(Line)


class Upload:
    """Sends articles part by part; what a busy server did not take is sent again, with what follows."""

    def __init__(self, articles: Iterable[ArticleIn]) -> None:
        self._lines = (_line(article) for article in articles)
        self._waiting: deque[bytes] = deque()
        self._part_length = 0
        self._done = 0

    def ask(self) -> Request[Sequence[Line]] | None:
        """Return the request with the next part; None when all is answered."""
        part = self._part()
        self._part_length = len(part)
        if not part:
            return None
        return Request(
            method="POST",
            path="/v1/articles/bulk",
            read=self._answers,
            headers=_LINES,
            content=gzip.compress(b"".join(part), compresslevel=4),
            is_repeatable=True,  # an article that comes again is recognised
        )

    def take(self, lines: Sequence[Line], /) -> Sequence[Uploaded]:
        """Return what became of the articles that were answered; the others wait for the next part."""
        found = []
        for line in lines:
            self._waiting.popleft()
            self._done += 1
            found.append(
                Uploaded(self._done, assignment=line)
                if isinstance(line, AssignmentOut)
                else Uploaded(self._done, problem=line)
            )
        return found

    def _part(self) -> list[bytes]:
        """Return as many of the waiting lines as make a part, at least one if there are any."""
        part: list[bytes] = []
        length = 0
        while len(part) < PART_ARTICLES:
            if len(part) == len(self._waiting):
                self._waiting.extend(islice(self._lines, 1))
            if len(part) == len(self._waiting):
                break
            line = self._waiting[len(part)]
            length += len(line)
            if part and length > PART_BYTES:
                break
            part.append(line)
        return part

    def _answers(self, answered: httpx.Response) -> list[Line]:
        """Return the answers up to the first that only says that the server is busy.

        Raises that problem when it is the first answer, so that it is waited for.
        """
        lines = [_LINE.validate_json(line) for line in answered.content.splitlines()]
        if len(lines) > self._part_length + 1:
            raise UnexpectedAnswer(f"{len(lines)} lines came in answer to {self._part_length} articles")
        taken = list(takewhile(lambda line: isinstance(line, AssignmentOut) or not is_busy(line.status), lines))
        if not taken:
            busy = lines[0] if lines and isinstance(lines[0], LineProblem) else _cut_off()
            raise ApiProblem(busy, answered.headers)
        return taken[: self._part_length]


def _line(article: ArticleIn) -> bytes:
    return article.model_dump_json(exclude_unset=True).encode() + b"\n"


def _cut_off() -> ProblemOut:
    """Return the problem of an answer without a line: nothing was taken."""
    detail = "the server took nothing of what was sent, and did not say why"
    return ProblemOut(type="about:blank", title="Service Unavailable", status=503, code="overloaded", detail=detail)
