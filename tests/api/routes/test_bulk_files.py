"""Files of articles as bodies of a bulk request: CSV, Parquet, ninjs, RSS and Atom."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import httpx
import pyarrow as pa
import pytest
from pyarrow import parquet

from api.ending import ServiceEnds
from api.file_examples import FILES
from api.files import FILE_TYPES, received
from api.problems import Problem
from dedupe.readers.whole import MAX_WHOLE_BYTES

PATH = "/v1/articles/bulk"
CSV = b"title,text,uri,authors\nFerry aground,All safe.,c:1,A. Lind; B. Okafor\nNo date,x,c:2,\n,,c:3,\n"
NINJS = json.dumps([{"uri": "n:1", "headline": "Ferry aground", "body_text": "All safe."}, "no object"]).encode()
RSS = b"""<rss version="2.0"><channel><title>Gazette</title><item><title>Ferry aground</title><guid>r:1</guid>
<description>All &lt;b&gt;safe&lt;/b&gt;.</description></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title>
<entry><title>Ferry aground</title><id>a:1</id><summary>All safe.</summary></entry></feed>"""


def as_parquet(**columns: list[Any]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def send(newsroom: Any, content: Any, content_type: str, **headers: str) -> httpx.Response:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(PATH, content=content, headers={"content-type": content_type, **headers})

    answer: httpx.Response = newsroom.run(scenario)
    return answer


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_entry_of_each_format_is_answered(newsroom: Any) -> None:
    bodies = {
        "text/csv; charset=utf-8": CSV,
        "application/vnd.apache.parquet": as_parquet(title=["Ferry aground"], text=["All safe."], uri=["p:1"]),
        "application/ninjs+json": NINJS,
        "application/vnd.iptc.ninjs+json": NINJS.replace(b"n:1", b"n:2"),
        "application/rss+xml": RSS,
        "application/atom+xml": ATOM,
    }
    assert {name.partition(";")[0] for name in bodies} == set(FILE_TYPES)

    async def scenario(client: httpx.AsyncClient) -> None:
        for content_type, body in bodies.items():
            answered = rows(await client.post(PATH, content=body, headers={"content-type": content_type}))
            kept = (await client.get(f"/v1/articles/{answered[0]['article_id']}")).json()
            assert (kept["title"], kept["text"]) == ("Ferry aground", "All safe."), content_type
            if content_type.startswith("text/csv"):
                assert kept["authors"] == ["A. Lind", "B. Okafor"]
                assert (answered[2]["line"], answered[2]["code"]) == (3, "invalid_article")
            if "ninjs" in content_type:
                assert (answered[1]["line"], answered[1]["code"]) == (2, "unreadable_input")
                assert answered[1]["detail"] == "body: item 2: is JSON, but not an object"

    newsroom.run(scenario)


def test_a_page_in_a_column_is_read(newsroom: Any) -> None:
    page = "<html><body><article><h1>Ferry aground</h1><p>All 212 people are safe.</p></article></body></html>"
    answered = rows(send(newsroom, as_parquet(uri=["p:1"], html=[page]), "application/vnd.apache.parquet"))
    assert [row["decision"] for row in answered] == ["opened"]


def test_many_rows_come_through_gzipped_and_in_order(newsroom: Any) -> None:
    lines = "".join(f"Report number {n} from the harbour,u{n}\n" for n in range(500))
    body = gzip.compress(f"title,uri\n{lines}".encode())
    headers = {"content-type": "text/csv", "content-encoding": "gzip"}

    async def scenario(client: httpx.AsyncClient) -> None:
        first = rows(await client.post(PATH, content=body, headers=headers))
        assert len(first) == 500
        assert "unchanged" not in {row["decision"] for row in first}
        again = rows(await client.post(PATH, content=body, headers=headers))
        assert [row["article_id"] for row in again] == [row["article_id"] for row in first]

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        ("text/csv", b"a,b\n1,2\n", "the header names neither title, text nor html"),
        ("application/vnd.apache.parquet", b"PAR1 not", "is not Parquet"),
        ("application/ninjs+json", b"{", "is not JSON"),
        ("application/rss+xml", b"<html/>", "is neither RSS nor Atom"),
        ("application/atom+xml", b'<!DOCTYPE a [<!ENTITY b "c">]><feed/>', "defines XML entities"),
    ],
)
def test_what_is_not_what_it_says_is_told(newsroom: Any, content_type: str, body: bytes, said: str) -> None:
    (row,) = rows(send(newsroom, body, content_type))
    assert (row["line"], row["status"], row["code"]) == (1, 400, "unreadable_input")
    assert said in row["detail"]


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (gzip.compress(CSV, mtime=0), {}, (415, "unsupported_media_type")),
        (gzip.compress(CSV, mtime=0)[:-9], {"content-encoding": "gzip"}, (400, "malformed_gzip")),
        (b"a" * (MAX_WHOLE_BYTES + 1), {}, (413, "body_too_large")),
    ],
    ids=["packed unsaid", "cut", "too large"],
)
def test_a_body_that_cannot_be_taken_is_refused_whole(
    newsroom: Any, body: bytes, headers: dict[str, str], code: tuple[int, str]
) -> None:
    answer = send(newsroom, body, "text/csv", **headers)
    assert (answer.status_code, answer.json()["code"]) == code


def test_other_types_are_refused_by_name(newsroom: Any) -> None:
    answer = send(newsroom, CSV, "application/zip")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "text/csv" in answer.json()["detail"]


def test_a_server_that_stops_takes_no_half_file(newsroom: Any) -> None:
    async def parts() -> Any:
        yield b"title\n"
        raise ServiceEnds

    async def scenario(_: httpx.AsyncClient) -> None:
        with pytest.raises(Problem, match="send the file again") as stopped:
            await received(parts())
        assert (stopped.value.status, stopped.value.headers) == (503, {"Retry-After": "5"})

    newsroom.run(scenario)


def test_the_document_names_every_type(newsroom: Any) -> None:
    described = newsroom.app.openapi()["paths"][PATH]["post"]["requestBody"]["content"]
    assert set(described) == {"application/x-ndjson", *FILE_TYPES}


def test_the_examples_of_the_document_are_taken(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        for content_type, example in FILES.items():
            if content_type == "application/vnd.apache.parquet":
                continue  # no file of text
            (row,) = rows(await client.post(PATH, content=example, headers={"content-type": content_type}))
            assert "decision" in row, content_type

    newsroom.run(scenario)
