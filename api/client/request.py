"""One request, described: what is asked, and what its answer means. Both clients send these."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.client.problem import UnexpectedAnswer, problem_in

Answer = TypeVar("Answer")
Params = Mapping[str, Any]

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[Answer]):
    """What is asked, and how its answer is read.

    It is sent again after a failure when it ``is_repeatable``: twice is then as good as once. One that ``is_followed``
    is sent again for as long as it takes. ``settled`` is a status of refusal that says that all is as it was asked for.
    """

    method: str
    path: str
    read: Callable[[httpx.Response], Answer]
    params: Params = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    is_repeatable: bool = False
    is_followed: bool = False
    settled: int | None = None

    def answer(self, answered: httpx.Response) -> Answer:
        """Return what was answered; raise `ApiProblem` or `UnexpectedAnswer`."""
        if answered.is_error and answered.status_code != self.settled:
            raise problem_in(answered)
        try:
            return self.read(answered)
        except ValidationError as problem:
            first = problem.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "body"
            raise UnexpectedAnswer(
                f"{answered.url.host} answered {self.method} {self.path} with something that this client cannot read"
                f" ({where}: {first['msg']}); is it a Storyfold server of the same version?"
            ) from None

    def asking(self, **params: Any) -> Request[Answer]:
        """Return the same request with other parameters; those that are None are left out."""
        return replace(self, params={**self.params, **given(**params)})


def get(read: Callable[[httpx.Response], Answer], path: str, **params: Any) -> Request[Answer]:
    """Describe a GET; parameters that are None are left out."""
    return Request(method="GET", path=path, read=read, params=given(**params), is_repeatable=True)


def sending(method: str, path: str, body: BaseModel, read: Callable[[httpx.Response], Answer]) -> Request[Answer]:
    """Describe a request with a JSON body, of which what was not set is left out."""
    content = body.model_dump_json(exclude_unset=True, by_alias=True).encode()
    return Request(method=method, path=path, read=read, headers=_JSON, content=content)


def as_json(kind: type[Answer]) -> Callable[[httpx.Response], Answer]:
    """Return what reads an answer as one of the service's own types."""

    def read(answered: httpx.Response) -> Answer:
        adapter: TypeAdapter[Answer] = _adapter(cast("Hashable", kind))
        return adapter.validate_json(answered.content)

    return read


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    wanted: Any = kind
    return TypeAdapter(wanted)


def as_bytes(answered: httpx.Response) -> bytes:
    """Return an answer as it came."""
    return answered.content


def as_text(answered: httpx.Response) -> str:
    """Return an answer's text."""
    return answered.text


def as_nothing(_: httpx.Response) -> None:
    """Return nothing: that there was an answer says it all."""


def given(**params: Any) -> Params:
    """Return the parameters that are not None."""
    return {name: value for name, value in params.items() if value is not None}


def path_of(*steps: str) -> str:
    """Return a path from its steps, whatever characters an id holds.

    >>> path_of("v1", "articles", "art/1")
    '/v1/articles/art%2F1'
    """
    return "".join(f"/{quote(step, safe='')}" for step in steps)


def query_of(query: BaseModel | None) -> Params:
    """Return a query's parameters as the service reads them, leaving out those that were not set."""
    return {} if query is None else query.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
