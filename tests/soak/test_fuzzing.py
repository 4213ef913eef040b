"""Whatever is sent, the server answers, never with an error of its own, and lives."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.soak.corpus import ARTICLE, NASTY, VALID, VALUES
from tests.soak.serving import Server, serving

pytestmark = pytest.mark.soak

JSON: Final = {"Content-Type": "application/json"}
LINES: Final = {"Content-Type": "application/x-ndjson"}
PACKED: Final = LINES | {"Content-Encoding": "gzip"}
changed = st.dictionaries(st.sampled_from([*ARTICLE, "html", "seq", ""]), st.sampled_from(VALUES), max_size=4)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
cuts = st.tuples(st.integers(0, len(VALID)), st.integers(0, 40), st.binary(max_size=12))
bodies = st.one_of(
    st.binary(max_size=300),
    changed.map(lambda fields: json.dumps({**ARTICLE, **fields}).encode()),
    st.dictionaries(st.sampled_from([*ARTICLE, "html"]), json_values, max_size=5).map(
        lambda row: json.dumps(row).encode()
    ),
    cuts.map(lambda cut: VALID[: cut[0]] + cut[2] + VALID[cut[0] + cut[1] :]),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=400).map(
        lambda text: json.dumps({"text": text}).encode()
    ),
    st.sampled_from(NASTY),
)
"""Random bytes, articles with other fields, any JSON, articles with a piece torn out, and the corpus."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("fuzz") / "news.db") as running:
        yield running
        assert running.process.poll() is None
        with running.client() as client:
            assert client.get("/readyz").status_code == 200


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as connected:
        yield connected


def check_answer(answer: httpx.Response) -> None:
    """Check that an answer is an assignment, or a problem of the sender's."""
    content = answer.json()
    if answer.status_code in (200, 201):
        assert content["cluster_id"].startswith("clu_")
        return
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    check_problem(content)


def check_problem(content: Mapping[str, Any]) -> None:
    """Check that a problem says what is wrong with what was sent."""
    assert 400 <= content["status"] < 500
    assert content["code"]
    assert content["detail"]


def check_lines(answer: httpx.Response) -> int:
    """Check every line of an answer to many; return how many there are."""
    assert answer.status_code == 200
    lines = [json.loads(line) for line in answer.content.splitlines()]
    for line in lines:
        if "cluster_id" not in line:
            check_problem(line)
    return len(lines)


def filled_lines(body: bytes) -> int:
    """Return how many lines of a body say something."""
    return sum(bool(line.strip()) for line in body.split(b"\n"))


@pytest.mark.parametrize("body", NASTY, ids=range(len(NASTY)))
def test_nasty_bodies_are_answered(client: httpx.Client, body: bytes) -> None:
    check_answer(client.post("/v1/articles", content=body, headers=JSON))
    check_answer(client.post("/v1/articles", params={"dry_run": "true"}, content=body, headers=JSON))
    assert check_lines(client.post("/v1/articles/bulk", content=body, headers=LINES)) == filled_lines(body)
    assert check_lines(client.post("/v1/articles/bulk", content=gzip.compress(body), headers=PACKED)) == filled_lines(
        body
    )


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("field", [*ARTICLE, "html"])
def test_any_value_in_any_field_is_answered(client: httpx.Client, field: str, value: Any) -> None:
    check_answer(client.post("/v1/articles", content=json.dumps({**ARTICLE, field: value}), headers=JSON))


@settings(max_examples=3_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=bodies)
def test_an_article_is_answered_whatever_it_is(client: httpx.Client, body: bytes) -> None:
    check_answer(client.post("/v1/articles", content=body, headers=JSON))


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=st.lists(bodies, max_size=6))
def test_every_line_of_many_is_answered(client: httpx.Client, lines: list[bytes]) -> None:
    body = b"\n".join(lines)
    assert check_lines(client.post("/v1/articles/bulk", content=body, headers=LINES)) == filled_lines(body)


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(packed=st.binary(max_size=200) | cuts.map(lambda cut: gzip.compress(VALID)[: cut[0]] + cut[2]))
def test_what_claims_to_be_packed_is_answered(client: httpx.Client, packed: bytes) -> None:
    check_lines(client.post("/v1/articles/bulk", content=packed, headers=PACKED))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(min_size=1, max_size=400))
@pytest.mark.parametrize("start", [b"", b"POST /v1/articles HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n"])
def test_what_is_not_http_ends_a_connection_and_nothing_else(server: Server, start: bytes, noise: bytes) -> None:
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as connection:
        connection.sendall(start + noise)
    assert server.process.poll() is None


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ("/v1/articles/", "/v1/clusters/", "/v1/clusters?cursor=", "/v1/clusters?q=", "/v1/changes?after=")
    ),
    rest=st.text(st.characters(codec="utf-8"), max_size=40),
)
def test_any_question_is_answered(client: httpx.Client, path: str, rest: str) -> None:
    answer = client.get(path + quote(rest, safe=""))
    assert answer.status_code < 500
    if answer.status_code >= 400:
        check_problem(answer.json())
