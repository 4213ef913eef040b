"""Why an article is where it is: figures that add up to the decision, before and after a restart."""

from __future__ import annotations

import json
import math
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from api.reason_examples import EXPLANATION
from dedupe.clusters.attribution import past_model
from dedupe.clusters.decision import shipped_model
from tests.api.conftest import start
from tests.dedupe.reports import BANKS, FERRY, RETOLD


def articles() -> list[dict[str, Any]]:
    texts = ((FERRY, "Ferry aground"), (BANKS, "Banks merge"), (RETOLD, "Ferry passengers tell"), (FERRY, "Accident"))
    return [
        {"text": text, "title": title, "language": "en", "published_at": f"2026-03-02T{8 + hour:02}:00:00Z"}
        for hour, (text, title) in enumerate(texts)
    ]


def recomputed(join: dict[str, Any]) -> float:
    log_odds = join["base"] + sum(feature["contribution"] for feature in join["features"])
    return round(1 / (1 + math.exp(-log_odds)), 4)


def explained(client: httpx.Client, article_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/articles/{article_id}/explanation")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_figures_add_up_before_and_after_a_restart(server: Any, tmp_path: Path) -> None:
    placed = [server.client.post("/v1/articles", json=article).json() for article in articles()]
    assert [answer["decision"] for answer in placed] == ["opened", "opened", "joined", "copied"]
    before = [explained(server.client, answer["article_id"]) for answer in placed]
    first, opened, joined, copied = before
    assert first["join"] is None
    assert recomputed(opened["join"]) == opened["join"]["probability"] == placed[1]["runner_up"]["confidence"]
    assert recomputed(joined["join"]) == joined["join"]["probability"] == placed[2]["confidence"]
    assert joined["join"]["runner_up"] == placed[2]["runner_up"]
    assert joined["nearest"]["article_id"] == placed[0]["article_id"]
    span = max(joined["passages"], key=lambda passage: passage["tokens"])["left"]
    assert RETOLD[span["start"] : span["end"]].startswith("We heard the hull")
    assert (copied["join"], copied["duplicate_of"]) == (None, placed[3]["duplicate_of"])
    assert copied["passages"][0]["excerpt"].startswith("The ferry Aurora")

    server.process.terminate()
    server.process.wait(40)
    with start(server.path, tmp_path / "again.log") as process:
        assert process.stdout
        url = json.loads(process.stdout.readline())["url"]
        with closing(httpx.Client(base_url=url, transport=httpx.HTTPTransport(retries=8), timeout=60)) as client:
            try:
                assert [explained(client, answer["article_id"]) for answer in placed] == before
            finally:
                process.terminate()
                process.wait(40)


def test_an_explanation_is_not_sent_twice_and_ends_with_its_article(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        article_id = (await client.post("/v1/articles", json=articles()[0])).json()["article_id"]
        path = f"/v1/articles/{article_id}/explanation"
        answer = await client.get(path)
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await client.get(path, headers=known)).status_code == 304
        await client.delete(f"/v1/articles/{article_id}")
        gone = await client.get(path, headers=known)
        assert (gone.status_code, gone.json()["code"]) == (410, "withdrawn_article")
        missing = await client.get("/v1/articles/art_0000000000001/explanation")
        assert (missing.status_code, missing.json()["code"]) == (404, "unknown_article")

    newsroom.run(scenario)


def test_the_documented_example_is_of_the_model_that_ships() -> None:
    shown, model = EXPLANATION["join"], past_model(shipped_model().version)
    assert model is not None
    assert (shown["model"], shown["base"], shown["threshold"]) == (model.version, model.base, model.threshold)
    assert round(shown["probability"] - shown["threshold"], 4) == shown["margin"]
