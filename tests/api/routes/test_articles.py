"""Articles in one at a time: what is answered, what is refused, and that refusals leave nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import httpx
import pytest

FERRY = {
    "title": "Ferry aground",
    "text": "The ferry Sandholm ran aground at dawn on Monday off the northern breakwater of the old harbour.",
    "source": "Courier",
    "uri": "f1",
    "published_at": "2026-03-02T08:15:00Z",
}
PATH = "/v1/articles"
JSON = {"content-type": "application/json"}


def test_a_new_article_is_created_and_can_be_looked_at(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        created = await client.post(PATH, json=FERRY)
        assert created.status_code == 201
        assignment = created.json()
        assert (assignment["decision"], assignment["seq"], assignment["notices"]) == ("opened", 1, [])
        looked_at = await client.get(created.headers["location"])
        assert looked_at.status_code == 200
        kept = looked_at.json()
        assert {field: kept[field] for field in FERRY} == FERRY
        assert kept["assignment"] == assignment
        assert kept["language"] == "en"

    newsroom.run(scenario)


def test_the_same_article_is_unchanged_and_another_text_a_revision(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first = (await client.post(PATH, json=FERRY)).json()
        again = await client.post(PATH, json=FERRY)
        assert (again.status_code, again.json()) == (200, first | {"decision": "unchanged"})
        revised = await client.post(PATH, json=FERRY | {"text": FERRY["text"] + " Nobody was hurt."})
        assert (revised.status_code, revised.json()["decision"]) == (200, "revised")
        assert revised.json()["article_id"] == first["article_id"]
        assert (await client.get(f"{PATH}/{first['article_id']}")).json()["revision"] == 2

    newsroom.run(scenario)


def test_a_correction_of_what_readers_do_not_see_needs_another_version(newsroom: Any) -> None:
    corrected = FERRY | {"published_at": "2026-03-01T08:15:00Z", "language": "en"}

    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post(PATH, json=FERRY)
        again = (await client.post(PATH, json=corrected)).json()
        assert again["decision"] == "unchanged"
        assert again["notices"] == [
            "title and text are the same, so published_at and language stayed as before; send another version with it"
        ]
        revised = (await client.post(PATH, json=corrected | {"version": "2"})).json()
        assert (revised["decision"], revised["notices"]) == ("revised", [])
        without_date = {field: value for field, value in FERRY.items() if field != "published_at"}
        again = (await client.post(PATH, json=without_date | {"version": "2"})).json()
        assert (again["decision"], again["notices"]) == ("unchanged", [])

    newsroom.run(scenario)


def test_many_at_once_are_one_article(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(client.post(PATH, json=FERRY) for _ in range(50)))
        assert sorted(answer.json()["decision"] for answer in answers) == ["opened", *["unchanged"] * 49]
        assert len({answer.json()["article_id"] for answer in answers}) == 1
        assert (await client.get("/readyz")).json()["last_seq"] == 1

    newsroom.run(scenario)


def test_a_dry_run_decides_and_stores_nothing(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        answer = await client.post(PATH, params={"dry_run": "true"}, json=FERRY)
        assert (answer.status_code, answer.json()["decision"], answer.json()["seq"]) == (200, "opened", None)
        assert (await client.get(f"{PATH}/{answer.json()['article_id']}")).status_code == 404
        assert (await client.get("/readyz")).json()["articles"] == 0

    newsroom.run(scenario)


def test_an_idempotency_key_names_one_request_for_ever(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        key = {"Idempotency-Key": "morning-1"}
        first = await client.post(PATH, json={"title": "Storm warning"}, headers=key)
        again = await client.post(PATH, json={"title": "Storm warning"}, headers=key)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["article_id"] == again.json()["article_id"]
        other = await client.post(PATH, json={"title": "Storm over"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert (await client.get("/readyz")).json()["articles"] == 1

    newsroom.run(scenario)


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_has_a_length(newsroom: Any, key: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(PATH, json=FERRY, headers={"Idempotency-Key": key})

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_taken_down_article_is_gone_for_good(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        address = (await client.post(PATH, json=FERRY)).headers["location"]
        tag = (await client.get(address)).headers["etag"]
        assert (await client.delete(address)).status_code == 204
        for answer in (
            await client.get(address),
            await client.get(address, headers={"If-None-Match": tag}),
            await client.delete(address),
        ):
            assert (answer.status_code, answer.json()["code"]) == (410, "withdrawn_article")
            assert FERRY["text"] not in answer.text

    newsroom.run(scenario)


def test_an_unchanged_article_is_not_sent_twice(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        address = (await client.post(PATH, json=FERRY)).headers["location"]
        tag = (await client.get(address)).headers["etag"]
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
            answer = await client.get(address, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        await client.post(PATH, json=FERRY | {"title": "Ferry still aground"})
        assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 200
        unknown = await client.get(f"{PATH}/art_0000000000000", headers={"If-None-Match": "*"})
        assert unknown.status_code == 404

    newsroom.run(scenario)


def test_a_page_is_read_for_its_article(newsroom: Any) -> None:
    told = " ".join(["The ferry ran aground at dawn, and two tugs are on their way from the mainland."] * 4)
    page = f"<html><head><title>Ferry aground</title></head><body><article><p>{told}</p></article></body></html>"

    async def scenario(client: httpx.AsyncClient) -> None:
        created = await client.post(PATH, json={"html": page})
        assert created.status_code == 201
        kept = (await client.get(created.headers["location"])).json()
        assert kept["title"] == "Ferry aground"
        assert kept["text"] == told

    newsroom.run(scenario)


@pytest.mark.parametrize(
    "text", ["Word", "\N{ROCKET}\N{GRINNING FACE}", "20260302", "東京で火災が発生しました", "ไฟไหม้", "a" * 1_000_000]
)
def test_unusual_texts_are_articles(newsroom: Any, text: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        created = await client.post(PATH, json={"text": text})
        assert created.status_code == 201
        assert (await client.get(created.headers["location"])).json()["text"] == text

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("moment", "notice"), [("1970-01-01T00:00:00Z", "before 1971"), ("2100-01-01T00:00:00+01:00", "in the future")]
)
def test_an_implausible_date_is_kept_and_said(newsroom: Any, moment: str, notice: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        created = await client.post(PATH, json=FERRY | {"published_at": moment})
        assert created.status_code == 201
        assert notice in created.json()["notices"][0]
        assert (await client.get(created.headers["location"])).json()["published_at"][:4] in ("1970", "2099")

    newsroom.run(scenario)


def article(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


REFUSED = {
    "nothing": (b"{}", 422, "text"),
    "blank": (article(title=" ", text="\n"), 422, "text"),
    "text too long": (article(text="a" * 1_000_001), 422, "text"),
    "text too long in UTF-8": (article(text="\N{EURO SIGN}" * 400_000), 422, "text"),
    "title too long": (article(title="a" * 2_001), 422, "title"),
    "not JSON": (b"{title:1}", 400, "body"),
    "empty body": (b"", 400, "body"),
    "more after the article": (b'{"title":"a"} x', 400, "body"),
    "array": (b"[]", 422, "body"),
    "null": (b"null", 422, "body"),
    "invalid UTF-8": (b'{"title":"\xff"}', 400, "body"),
    "lone surrogate": (rb'{"title":"\ud800"}', 400, "body"),
    "surrogate in UTF-8": (b'{"title":"\xed\xa0\x80"}', 400, "body"),
    "NUL": (article(title="a\0b"), 422, "title"),
    "deep": (b'{"title":' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400, "body"),
    "deep in an unknown field": (b'{"x":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001, 400, "body"),
    "NaN": (b'{"title":NaN}', 422, "title"),
    "number": (b'{"title":1e999}', 422, "title"),
    "endless number": (b'{"version":' + b"9" * 5_000 + b"}", 400, "body"),
    "unknown field": (article(title="a", headline="b"), 422, "headline"),
    "date without zone": (article(title="a", published_at="2026-03-02T08:15:00"), 422, "published_at"),
    "date without time": (article(title="a", published_at="2026-03-02"), 422, "published_at"),
    "date as seconds": (article(title="a", published_at=1_700_000_000), 422, "published_at"),
    "date as seconds in words": (article(title="a", published_at="1700000000"), 422, "published_at"),
    "date before year 1": (article(title="a", published_at="0001-01-01T00:00:00+14:00"), 422, "published_at"),
    "language": (article(title="a", language="english!"), 422, "language"),
    "status": (article(title="a", pub_status="gone"), 422, "pub_status"),
    "text and html": (article(text="a", html="<p>a</p>"), 422, "html"),
    "html without article": (article(html=""), 422, "html"),
    "too many authors": (article(title="a", authors=["x"] * 101), 422, "authors"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_by_field_and_leaves_nothing(newsroom: Any, name: str) -> None:
    body, status, field = REFUSED[name]

    async def scenario(client: httpx.AsyncClient) -> None:
        refused = await client.post(PATH, content=body, headers=JSON)
        assert refused.status_code == status
        assert refused.headers["content-type"] == "application/problem+json"
        problem = refused.json()
        assert problem["status"] == status
        assert problem["code"] == ("malformed_json" if status == 400 else "invalid_article")
        assert problem["errors"][0]["field"] == field
        assert problem["errors"][0]["reason"]
        assert (await client.get("/readyz")).json()["last_seq"] == 0

    newsroom.run(scenario)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(newsroom: Any, kind: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(PATH, content=article(title="a"), headers={"content-type": kind})

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_packed_body_is_refused_as_such(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        packed = gzip.compress(article(title="a"))
        return await client.post(PATH, content=packed, headers=JSON | {"content-encoding": "gzip"})

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.json()["detail"] == "content-encoding is 'gzip'; send none here"


def test_a_body_is_read_to_its_limit_and_no_further(open_newsroom: Any) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 1_000:
            sent += 1
            yield b" " * 100

    async def scenario(client: httpx.AsyncClient) -> None:
        for content in (b" " * 1_001, endless()):
            answer = await client.post(PATH, content=content, headers=JSON)
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
            assert answer.headers["connection"] == "close"

    open_newsroom(max_body_bytes=1_000).run(scenario)
    assert sent == 11
