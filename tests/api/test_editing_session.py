"""An editor at a real server, which is killed between and during decisions: what was acknowledged holds."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe.engine import Engine
from dedupe.store.backup import backup, restore
from dedupe.store.catalogue import SqlCatalogue
from tests.dedupe.editor import check_decisions, check_groups, check_ids
from tests.dedupe.newsroom import Newsroom
from tests.soak.serving import Server, opened, row_of, serving, url_of

ROUNDS = 4
DECISIONS = 12
Row = Mapping[str, Any]


@dataclass
class Editor:
    """Decides at random over HTTP, and remembers what was acknowledged."""

    draw: random.Random
    articles: list[str] = field(default_factory=list)
    acknowledged: list[Row] = field(default_factory=list)

    def decide(self, client: httpx.Client) -> None:
        """Send one decision; a refusal is an answer too."""
        answer = self._send(client, self.draw.randrange(6))
        assert answer.status_code in (200, 201, 404, 409, 422), answer.text
        if answer.is_success:
            self.acknowledged.append(answer.json())

    def _send(self, client: httpx.Client, kind: int) -> httpx.Response:
        one, other = self.draw.sample(self.articles, 2)
        who = {"actor": self.draw.choice(("Ada", "Ben")), "note": None}
        place = f"/v1/articles/{one}/cluster"
        if kind == 0:
            return client.put(place, json=who | {"cluster_id": self.draw.choice((None, cluster_of(client, other)))})
        if kind == 1:
            return client.delete(place, params={"actor": "Ada"})
        if kind == 2:
            body = who | {"cluster_id": cluster_of(client, other)}
            return client.post(f"/v1/clusters/{cluster_of(client, one)}/merge", json=body)
        if kind == 3:
            return client.post(f"/v1/clusters/{cluster_of(client, one)}/split", json=who | {"article_ids": [one]})
        if kind == 4 and self.acknowledged:
            return client.post(f"/v1/constraints/{self.draw.choice(self.acknowledged)['seq']}/undo", json=who)
        rule = self.draw.choice(("must_link", "cannot_link"))
        return client.post("/v1/constraints", json=who | {"rule": rule, "article_ids": [one, other]})


def cluster_of(client: httpx.Client, article_id: str) -> str:
    """Return where the server says that an article is."""
    found: str = client.get(f"/v1/articles/{article_id}").json()["assignment"]["cluster_id"]
    return found


@contextmanager
def deciding(editor: Editor, server: Server) -> Iterator[None]:
    """Go on deciding until the server is gone."""

    def go_on() -> None:
        with server.client() as client, suppress(httpx.TransportError):
            while True:
                editor.decide(client)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
        assert not thread.is_alive()


def check_acknowledged(catalogue: SqlCatalogue, editor: Editor) -> None:
    """Check that each decision is in the log as it was answered, and that each old id still leads somewhere."""
    for answer in editor.acknowledged:
        (event,) = catalogue.changes(answer["seq"] - 1, 1)
        assert (event.kind, event.cluster_id, event.detail["actor"]) == (
            answer["kind"], answer["cluster_id"], answer["actor"],
        )  # fmt: skip
    check_decisions(catalogue)
    check_ids(catalogue)
    check_groups(catalogue, editor.articles)


@pytest.mark.soak
def test_decisions_survive_a_kill(tmp_path: Path) -> None:
    path, room = tmp_path / "news.db", Newsroom(5)
    editor, places = Editor(random.Random(5)), dict[str, str]()
    for number in range(ROUNDS):
        with serving(path) as server, server.client() as client:
            for article_id, cluster_id in places.items():
                assert cluster_of(client, article_id) == cluster_id
            for submission in room.stream(15):
                answer = client.post("/v1/articles", json=row_of(submission)).json()
                editor.articles = sorted({*editor.articles, answer["article_id"]})
            for _ in range(DECISIONS):
                editor.decide(client)
            if number % 2:  # while it decides
                with deciding(editor, server):
                    threading.Event().wait(0.3)
                    server.kill()
            else:
                server.kill()
        store = opened(path)
        check_acknowledged(store.catalogue, editor)
        assert Engine(store).digest() == Engine(store).digest()
        places = {i: store.catalogue.article(i).assignment.cluster_id for i in editor.articles}
        store.close()
    assert len(editor.acknowledged) > 20
    kinds = {answer["kind"] for answer in editor.acknowledged}
    assert kinds >= {"moved", "merged", "split", "constrained", "undone"}


@pytest.mark.soak
def test_an_id_is_not_given_again_after_a_restore(tmp_path: Path) -> None:
    path, kept, room = tmp_path / "news.db", tmp_path / "kept.db", Newsroom(6)
    rows = [row_of(room.report(event)) for event in [room.happen(), 0, 0]]
    given: list[str] = []
    with serving(path) as server, server.client() as client:
        there = [client.post("/v1/articles", json=row).json() for row in rows]
        server.stop()
    backup(url_of(path), kept)
    for _ in range(2):
        restore(kept, url_of(path), force=True)
        with serving(path) as server, server.client() as client:
            split = {"actor": "Ada", "article_ids": [there[2]["article_id"]]}
            told = client.post(f"/v1/clusters/{there[0]['cluster_id']}/split", json=split).json()
            copied = client.post("/v1/articles", json=rows[1] | {"source": "Elsewhere", "uri": "copy"}).json()
            assert (told["seq"], copied["seq"]) == (4, 5)
            given += [told["cluster_id"], copied["duplicate_group_id"]]
            server.stop()
    assert len({*given, there[0]["cluster_id"]}) == 5
