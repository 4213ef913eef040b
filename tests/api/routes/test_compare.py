"""Two articles side by side: shared passages with their offsets, what each added; stored or sent along."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.dedupe.reports import BANKS, FERRY, RETOLD

PATH = "/v1/compare"
QUOTATION = "We heard the hull scrape over the rocks and knew at once that something was wrong"


def post(client: httpx.Client, text: str, **fields: Any) -> str:
    answer = client.post("/v1/articles", json={"text": text, "language": "en"} | fields)
    assert answer.status_code == 201
    return str(answer.json()["article_id"])


def test_stored_articles_are_compared(server: Any) -> None:
    left, right = post(server.client, FERRY, title="Ferry aground"), post(server.client, RETOLD)
    answer = server.client.get(PATH, params={"left": left, "right": right})
    assert answer.status_code == 200
    found = answer.json()
    passage = max(found["passages"], key=lambda passage: passage["tokens"])
    assert FERRY[passage["left"]["start"] : passage["left"]["end"]] == QUOTATION
    assert RETOLD[passage["right"]["start"] : passage["right"]["end"]] == QUOTATION
    assert 0 < found["jaccard"] < found["containment"] < 1
    assert found["left"]["added"][0] == {"field": "title", "start": 0, "end": 13}

    unchanged = {"If-None-Match": answer.headers["ETag"]}
    assert server.client.get(PATH, params={"left": left, "right": right}, headers=unchanged).status_code == 304
    turned = server.client.get(PATH, params={"left": right, "right": left}, headers=unchanged)
    assert (turned.status_code, turned.json()["left"]) == (200, found["right"])
    post(server.client, BANKS)
    assert server.client.get(PATH, params={"left": left, "right": right}, headers=unchanged).status_code == 200


def test_texts_that_are_sent_along_are_compared_and_not_kept(server: Any) -> None:
    left = post(server.client, FERRY)
    body = {"left": {"article_id": left}, "right": {"title": "Ferry", "text": RETOLD}}
    found = server.client.post(PATH, json=body)
    assert found.status_code == 200
    assert found.json()["right"]["language"] == "en"
    assert max(passage["tokens"] for passage in found.json()["passages"]) == len(QUOTATION.split())
    both = server.client.post(PATH, json={"left": {"text": "zz"}, "right": {"text": FERRY, "language": "en"}})
    assert (both.status_code, both.json()["left"]["language"]) == (200, "en")
    assert server.client.get("/readyz").json()["articles"] == 1


REFUSED: list[tuple[dict[str, Any], int, str, str]] = [
    ({"left": {"text": "x"}}, 422, "invalid_article", "right"),
    ({"left": {"text": "x"}, "right": {}}, 422, "invalid_article", "right.text"),
    ({"left": {"text": "x", "colour": 1}, "right": {"text": "x"}}, 422, "invalid_article", "left.colour"),
    ({"left": {"text": "x", "article_id": "art_1"}, "right": {"text": "x"}}, 422, "invalid_article", "left.article_id"),
]


@pytest.mark.parametrize(("body", "status", "code", "field"), REFUSED)
def test_what_cannot_be_compared_is_named(
    newsroom: Any, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        answer = await client.post(PATH, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["errors"][0]["field"] == field

    newsroom.run(scenario)


def test_ids_must_be_known_and_articles_there(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        known = (await client.post("/v1/articles", json={"text": FERRY})).json()["article_id"]
        gone = (await client.post("/v1/articles", json={"text": BANKS})).json()["article_id"]
        await client.delete(f"/v1/articles/{gone}")
        for other, status in (("art_0000000000001", 404), ("nonsense", 404), (gone, 410)):
            assert (await client.get(PATH, params={"left": known, "right": other})).status_code == status
            body = {"left": {"text": "x"}, "right": {"article_id": other}}
            assert (await client.post(PATH, json=body)).status_code == status
        assert (await client.get(PATH, params={"left": known})).status_code == 422
        assert (await client.post(PATH, content="{", headers={"content-type": "application/json"})).status_code == 400

    newsroom.run(scenario)
