"""Every refusal is a problem document with a stable code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.problems import STATUS, problem_of
from dedupe.errors import DedupeError, InvalidQuery, StoreUnavailable, UnknownArticle


def descendants(kind: type[DedupeError]) -> Iterator[type[DedupeError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def test_every_engine_error_has_a_status() -> None:
    assert set(STATUS) == set(descendants(DedupeError))


def test_every_engine_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in STATUS]
    assert len(codes) == len(set(codes))
    assert DedupeError.code not in codes


def test_a_document_names_field_and_reason() -> None:
    problem = problem_of(InvalidQuery("cursor", "belongs to another list"))
    assert problem.document() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "invalid_query",
        "detail": "cursor: belongs to another list",
        "errors": [{"field": "cursor", "reason": "belongs to another list"}],
    }


def test_only_what_may_pass_says_when_to_come_again() -> None:
    assert problem_of(StoreUnavailable("the disk is full")).headers == {"Retry-After": "5"}
    assert problem_of(UnknownArticle("art_x")).headers == {}


@pytest.mark.parametrize(
    ("method", "path", "code", "allowed"),
    [
        ("GET", "/nowhere", "not_found", None),
        ("GET", "/v1/clusters/", "not_found", None),
        ("PUT", "/v1/articles", "method_not_allowed", "POST"),
        ("HEAD", "/v1/articles", "method_not_allowed", "POST"),
        ("DELETE", "/v1/clusters", "method_not_allowed", "GET, HEAD"),
        ("POST", "/v1/articles/art_1/cluster", "method_not_allowed", "DELETE, PUT"),
    ],
)
def test_wrong_paths_and_methods_are_problems_too(
    newsroom: Any, method: str, path: str, code: str, allowed: str | None
) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path)

    answer = newsroom.run(scenario)
    assert answer.status_code == (405 if allowed else 404)
    assert method == "HEAD" or answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("allow") == allowed
    assert method == "HEAD" or (allowed or "/docs") in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/clusters/"])
def test_addresses_of_the_api_answer_browsers_as_they_answer_programs(newsroom: Any, path: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get(path, headers={"Accept": "text/html"})

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_defect_says_nothing_of_itself(newsroom: Any) -> None:
    @newsroom.app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret")

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/broken")

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
