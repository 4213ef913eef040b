"""What a route does not take is refused, so that nothing is stored that was only to be tried."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

NDJSON = {"content-type": "application/x-ndjson"}
ARTICLE = {"title": "Ferry runs aground off Tamsel in fog"}


def get(newsroom: Any, *paths: str) -> list[httpx.Response]:
    async def scenario(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await client.get(path) for path in paths]

    answers: list[httpx.Response] = newsroom.run(scenario)
    return answers


def try_to_store(newsroom: Any, path: str, **sent: Any) -> Any:
    """Return the problem with a POST that stored nothing."""

    async def scenario(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
        return await client.post(path, **sent), await client.get("/v1/clusters")

    answer, listed = newsroom.run(scenario)
    assert listed.json()["clusters"] == []
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_query")
    return answer.json()


@pytest.mark.parametrize("query", ["dry-run=true", "dryrun=1", "dry_run=1&x="])
def test_a_misspelt_dry_run_stores_nothing(newsroom: Any, query: str) -> None:
    problem = try_to_store(newsroom, f"/v1/articles?{query}", json=ARTICLE)
    assert "there is no such parameter here; there is dry_run" in problem["detail"]


def test_bulk_takes_no_dry_run(newsroom: Any) -> None:
    problem = try_to_store(newsroom, "/v1/articles/bulk?dry_run=true", content=b'{"title": "x y z"}', headers=NDJSON)
    assert problem["errors"] == [{"field": "dry_run", "reason": "no parameters are taken here"}]


def test_one_of_two_filters_is_never_passed_over(newsroom: Any) -> None:
    (answer,) = get(newsroom, "/v1/clusters?source=!Wire&source=Gazette")
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": "source", "reason": "give it once"}])


def test_what_may_be_given_several_times_is(newsroom: Any) -> None:
    assert [answer.status_code for answer in get(newsroom, "/v1/changes?kind=opened&kind=joined&after=0")] == [200]


def test_parameters_are_known_by_the_names_that_they_are_given_by(newsroom: Any) -> None:
    moment = "2026-03-01T00:00:00Z"
    known, unknown = get(newsroom, f"/v1/clusters?from={moment}", f"/v1/clusters?seen_from={moment}")
    assert known.status_code == 200
    assert unknown.json()["detail"].startswith("seen_from: there is no such parameter here; there are cursor, from, ")


def test_pages_pass_over_what_others_add(newsroom: Any) -> None:
    assert [answer.status_code for answer in get(newsroom, "/health?utm_source=mail")] == [200]
