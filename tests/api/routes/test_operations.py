"""Health, metrics and the OpenAPI document."""

from __future__ import annotations

from typing import Any

import httpx


def test_health_and_readiness_answer(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        assert (await client.get("/healthz")).json() == {"status": "alive"}
        await client.post("/v1/articles", json={"title": "Storm"})
        expected = {"status": "ready", "articles": 1, "clusters": 1, "duplicate_groups": 0, "last_seq": 1}
        assert (await client.get("/readyz")).json() == expected

    newsroom.run(scenario)


def test_readiness_asks_the_store(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        newsroom.path.rename(newsroom.path.with_suffix(".away"))
        newsroom.store.catalogue.close()
        refused = await client.get("/readyz")
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert refused.headers["retry-after"] == "5"
        assert (await client.get("/healthz")).status_code == 200

    newsroom.run(scenario)


def test_metrics_count_what_happened(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> str:
        key = {"Idempotency-Key": "k"}
        first = await client.post("/v1/articles", json={"title": "Storm"}, headers=key)
        await client.post("/v1/articles", json={"title": "Storm"}, headers=key)
        await client.post("/v1/articles", json={"title": "Calm"}, headers=key)
        await client.get(first.headers["location"])
        await client.get("/nowhere")
        return (await client.get("/metrics")).text

    lines = newsroom.run(scenario).splitlines()
    for expected in (
        'storyfold_decisions_total{decision="opened"} 1.0',
        'storyfold_decisions_total{decision="unchanged"} 1.0',
        'storyfold_refusals_total{code="idempotency_key_reused"} 1.0',
        "storyfold_group_size_count 3.0",
        "storyfold_live_articles 1.0",
        "storyfold_live_clusters 1.0",
        "storyfold_last_seq 1.0",
        "storyfold_queue_depth 0.0",
        'storyfold_http_requests_total{method="GET",route="/v1/articles/{article_id}",status="200"} 1.0',
        'storyfold_http_requests_total{method="GET",route="unmatched",status="404"} 1.0',
    ):
        assert expected in lines


def test_two_applications_share_no_metrics(open_newsroom: Any) -> None:
    async def post(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/v1/articles", json={"title": "Storm"})

    async def metrics(client: httpx.AsyncClient) -> str:
        return (await client.get("/metrics")).text

    open_newsroom().run(post)
    assert "storyfold_decisions_total{" not in open_newsroom().run(metrics)


def test_every_operation_is_described_with_its_problems(newsroom: Any) -> None:
    document = newsroom.app.openapi()
    assert document["openapi"].startswith("3.1")
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {
        "POST /v1/reindex",
        "GET /v1/jobs",
        "GET /v1/jobs/{job_id}",
        "GET /v1/jobs/{job_id}/diff",
        "POST /v1/jobs/{job_id}/activate",
        "POST /v1/jobs/{job_id}/rollback",
        "DELETE /v1/jobs/{job_id}",
        "POST /v1/articles",
        "POST /v1/articles/bulk",
        "GET /v1/articles/{article_id}",
        "DELETE /v1/articles/{article_id}",
        "GET /v1/articles/{article_id}/explanation",
        "GET /v1/articles/{article_id}/similar",
        "GET /v1/clusters",
        "GET /v1/clusters.{form}",
        "GET /v1/clusters/{cluster_id}",
        "GET /v1/clusters/{cluster_id}.{form}",
        "GET /v1/clusters/{cluster_id}/articles",
        "GET /v1/clusters/{cluster_id}/round-ups",
        "GET /v1/clusters/{cluster_id}/provenance",
        "GET /v1/clusters/{cluster_id}/related",
        "GET /v1/clusters/{cluster_id}/timeline",
        "GET /v1/compare",
        "POST /v1/compare",
        "PUT /v1/articles/{article_id}/cluster",
        "DELETE /v1/articles/{article_id}/cluster",
        "GET /v1/clusters/{cluster_id}/lineage",
        "POST /v1/clusters/{cluster_id}/merge",
        "POST /v1/clusters/{cluster_id}/split",
        "GET /v1/constraints",
        "POST /v1/constraints",
        "GET /v1/constraints/{seq}",
        "POST /v1/constraints/{seq}/undo",
        "GET /v1/changes",
        "GET /v1/changes/stream",
        "POST /v1/webhooks",
        "GET /v1/webhooks",
        "GET /v1/webhooks/{webhook_id}",
        "DELETE /v1/webhooks/{webhook_id}",
        "GET /v1/webhooks/{webhook_id}/dead-letters",
        "POST /v1/webhooks/{webhook_id}/dead-letters/redeliver",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
    for name, operation in operations.items():
        assert operation["summary"]
        if "/v1/" in name:
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]
            assert "application/problem+json" in operation["responses"]["503"]["content"]
    for name in ("POST /v1/articles", "POST /v1/articles/bulk", "POST /v1/compare"):
        assert "requestBody" in operations[name]
