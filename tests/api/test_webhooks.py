"""Webhooks: signed, in order, tried again, given up on and delivered after all; never inwards unasked."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.webhooks.dispatch import LONGEST_SECONDS, Pace, delay, is_worth_more
from api.webhooks.sending import is_public
from tests.soak.serving import serving

STORM = "The storm over Sandholm tore the roof off the fish market and cut the power of four thousand homes. "
PATH = "/v1/webhooks"


@dataclass
class Receiver:
    """A server that takes deliveries, and answers them as told."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def taken(self) -> list[str]:
        """Return the ids of what was taken."""
        return [headers["webhook-id"] for headers, _ in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if found.status < 300:
                found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def patient(open_newsroom: Any) -> Any:
    return open_newsroom(may_reach_private=True, webhook_retry_seconds=0.01)


async def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def subscribe(client: httpx.AsyncClient, url: str, *kinds: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={"url": url, "kinds": kinds, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def post(client: httpx.AsyncClient, title: str, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = (
        await client.post("/v1/articles", json={"title": title, "language": "en", **fields})
    ).json()
    return found


def test_deliveries_are_signed_and_say_what_happened(open_newsroom: Any, receiver: Receiver) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post(client, "Before the subscription")
        made = await subscribe(client, receiver.url, "cluster.opened", "cluster.grew", grew_past=2)
        first = await post(client, "Storm", text=STORM * 3, source="a")
        for source in ("b", "c", "d"):
            await post(client, "Storm", text=STORM * 3, source=source)
        await until(lambda: len(receiver.got) == 2)
        headers, body = receiver.got[0]
        assert json.loads(body)["data"]["cluster_id"] == first["cluster_id"]
        assert receiver.taken()[0] == "2.cluster.opened"
        assert receiver.taken()[1].endswith(".cluster.grew")  # once, though it went on growing
        key = base64.b64decode(made["secret"].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
        told = int(receiver.taken()[1].partition(".")[0])
        while (await client.get(PATH)).json()["webhooks"][0]["position"] < told:  # noted once it is answered
            await asyncio.sleep(0.02)
        for path in (PATH, f"{PATH}/{made['webhook_id']}"):
            shown = await client.get(path)
            assert "secret" not in shown.text
            again = await client.get(path, headers={"If-None-Match": shown.headers["etag"]})
            assert again.status_code == 304

    patient(open_newsroom).run(scenario)


@pytest.mark.parametrize("status", [404, 302])
def test_what_is_refused_is_given_up_and_delivered_after_all(
    open_newsroom: Any, receiver: Receiver, status: int
) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        receiver.status = status
        made = await subscribe(client, receiver.url, "cluster.opened")
        await post(client, "Storm over Sandholm")
        address = f"{PATH}/{made['webhook_id']}/dead-letters"
        while not (letters := (await client.get(address)).json()["dead_letters"]):
            await asyncio.sleep(0.02)
        assert [(one["seq"], one["attempts"], one["reason"]) for one in letters] == [(1, 4, f"answered {status}")]
        assert (await client.post(f"{address}/redeliver")).json() == {"redelivering": 1}
        while (await client.get(address)).json()["dead_letters"][0]["attempts"] < 5:
            await asyncio.sleep(0.02)
        receiver.status = 200
        assert (await client.post(f"{address}/redeliver?seq=2")).json() == {"redelivering": 0}
        await post(client, "Election night in Norvik")
        await until(lambda: receiver.taken() == ["2.cluster.opened"])
        assert (await client.post(f"{address}/redeliver?seq=1")).status_code == 202
        await until(lambda: len(receiver.got) == 2)
        assert receiver.taken() == ["2.cluster.opened", "1.cluster.opened"]
        while (await client.get(address)).json()["dead_letters"]:
            await asyncio.sleep(0.02)

    patient(open_newsroom).run(scenario)


def test_an_outage_is_waited_for_and_order_kept(open_newsroom: Any, receiver: Receiver) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        receiver.status = 503
        made = await subscribe(client, receiver.url, "cluster.opened")
        for title in ("Storm over Sandholm", "Election night in Norvik", "Harbour fire at Eastlow"):
            await post(client, title)
        while (await client.get(f"{PATH}/{made['webhook_id']}")).json()["attempts"] < 2:
            await asyncio.sleep(0.02)
        receiver.status = 204
        await until(lambda: len(receiver.got) == 3)
        assert receiver.taken() == ["1.cluster.opened", "2.cluster.opened", "3.cluster.opened"]
        assert (await client.delete(f"{PATH}/{made['webhook_id']}")).status_code == 204
        assert (await client.delete(f"{PATH}/{made['webhook_id']}")).status_code == 404
        await post(client, "Snow closes the pass")
        await asyncio.sleep(0.2)
        assert len(receiver.got) == 3

    patient(open_newsroom).run(scenario)


def test_an_embargoed_cluster_is_told_when_it_is_released(open_newsroom: Any, receiver: Receiver) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await subscribe(client, receiver.url, "cluster.opened")
        await post(client, "Secret", uri="s", pub_status="withheld")
        await post(client, "Election night in Norvik")
        await until(lambda: receiver.taken() == ["2.cluster.opened"])
        await post(client, "Secret", uri="s")
        await until(lambda: receiver.taken() == ["2.cluster.opened", "4.cluster.opened"])

    patient(open_newsroom).run(scenario)


def test_what_editors_open_merge_and_split_is_told(open_newsroom: Any, receiver: Receiver) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await subscribe(client, receiver.url, "cluster.opened", "cluster.merged", "cluster.split")
        storm = await post(client, "Storm over Sandholm", text=STORM * 3, source="a")
        await post(client, "Mayor of Norvik elected", source="b")
        other = await post(client, "Ferry aground", text="The ferry Aurora ran aground at dawn.", source="d")
        path, by = f"/v1/articles/{other['article_id']}/cluster", {"actor": "Ada"}
        assert (await client.put(path, json=by | {"cluster_id": storm["cluster_id"]})).status_code == 200
        assert (await client.put(path, json=by | {"cluster_id": None})).status_code == 200
        assert (await client.delete(path, params=by)).status_code == 200
        split = by | {"article_ids": [other["article_id"]]}
        assert (await client.post(f"/v1/clusters/{storm['cluster_id']}/split", json=split)).status_code == 200
        await until(lambda: len(receiver.got) == 7)
        kinds = ["opened", "opened", "opened", "merged", "opened", "merged", "split"]
        assert [message_id.rpartition(".")[2] for message_id in receiver.taken()] == kinds

    patient(open_newsroom).run(scenario)


@pytest.mark.soak
def test_nothing_is_lost_when_the_server_is_killed(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYFOLD_WEBHOOKS_PRIVATE", "1")
    monkeypatch.setenv("STORYFOLD_WEBHOOK_RETRY_SECONDS", "1")
    path, opened = tmp_path / "news.db", list[int]()
    for round_ in range(4):
        with serving(path) as server, server.client() as client:
            if not round_:
                secret = client.post(PATH, json={"url": receiver.url, "kinds": ["cluster.opened"]}).json()["secret"]
            for number in range(40):
                title = f"{hashlib.sha256(f'{round_} {number}'.encode()).hexdigest()} {number}"
                answer = client.post("/v1/articles", json={"title": title, "language": "en"}).json()
                opened += [answer["seq"]] if answer["decision"] == "opened" else []
            server.kill()
    with serving(path) as server:
        end = time.monotonic() + 60
        while f"{opened[-1]}.cluster.opened" not in receiver.taken() and time.monotonic() < end:
            time.sleep(0.05)
        server.stop()
    first_times = list(dict.fromkeys(receiver.taken()))
    assert first_times == [f"{seq}.cluster.opened" for seq in opened]
    assert secret not in path.with_suffix(".log").read_text()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"url": "ftp://desk.example/"}, "url"),
        ({"url": "https://user:pass@desk.example/"}, "url"),
        ({"url": "http://[::1"}, "url"),
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": "http://localhost:9/"}, "url"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "url"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "url"),
        ({"url": "https://93.184.215.14/", "secret": "whsec_short"}, "secret"),
        ({"url": "https://93.184.215.14/", "kinds": ["cluster.vanished"]}, "kinds.0"),
        ({"url": "https://93.184.215.14/", "kinds": []}, "kinds"),
        ({"url": "https://93.184.215.14/", "grew_past": 0}, "grew_past"),
    ],
)
def test_a_wrong_subscription_is_refused_by_name(newsroom: Any, fields: dict[str, Any], named: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(PATH, json={"kinds": ["cluster.opened"], **fields})

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_webhook")
    assert answer.json()["errors"][0]["field"] == named
    assert "whsec_short" not in answer.text


def test_a_given_secret_is_used_and_a_body_that_is_no_json_is_refused(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
        made = await subscribe(client, "https://93.184.215.14/", "cluster.split", secret=secret)
        assert made["secret"] == secret
        answer = await client.post(PATH, content=b"{", headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
        assert (await client.get(f"{PATH}/whk_x")).json()["code"] == "unknown_webhook"

    newsroom.run(scenario)


def test_addresses_inside_are_known() -> None:
    inside = ("0.0.0.0", "100.64.0.1", "192.168.1.1", "fe80::1%eth0", "fd00::1", "64:ff9b::7f00:1", "224.0.0.1")  # noqa: S104  looked at, not bound
    assert not any(map(is_public, inside))
    assert all(map(is_public, ("1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101")))


def test_the_waits_grow_and_are_spread() -> None:
    for attempts in range(1, 14):
        waits = [delay(attempts, Pace()) for _ in range(200)]
        longest = min(5 * 3 ** (attempts - 1), LONGEST_SECONDS)
        assert 0.5 * longest <= min(waits) < 0.8 * longest < 1.2 * longest < max(waits) <= 1.5 * longest
    assert [is_worth_more(404, 3), is_worth_more(404, 4)] == [True, False]
    assert [is_worth_more(503, 13), is_worth_more("ConnectError", 14), is_worth_more(429, 13)] == [True, False, True]
