"""The OpenAPI document: whole, with examples on every operation, and true of what is answered."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from api import decisions, examples, job_examples, reason_examples, schemas, schemas_jobs, schemas_webhooks
from api.answers import dumps
from api.schemas_compare import CompareIn
from dedupe.comparison import Comparison
from dedupe.explanation import Explanation
from dedupe.provenance import Provenance

Operation = tuple[str, dict[str, Any]]


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in methods.items())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    if isinstance(node, list):
        for entry in node:
            yield from references(entry)


def test_every_reference_leads_somewhere(newsroom: Any) -> None:
    document = newsroom.app.openapi()
    found = list(references(document))
    assert found
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place["type"]


def test_every_operation_has_examples(newsroom: Any) -> None:
    for name, operation in operations(newsroom.app.openapi()):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        bodies += [answer for answer in operation["responses"].values() if "content" in answer]
        assert bodies or name.startswith("DELETE")
        for body in bodies:
            for media_type, described in body["content"].items():
                assert described["example"], (name, media_type)


def test_every_look_at_data_can_be_spared(newsroom: Any) -> None:
    for name, operation in operations(newsroom.app.openapi()):
        is_data = name.startswith("GET /v1/") and not name.endswith("/stream")
        assert ("304" in operation["responses"]) == is_data, name


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (schemas.ArticleIn, examples.ARTICLE),
        (CompareIn, reason_examples.PAIR),
        (schemas.AssignmentOut, examples.ASSIGNMENT),
        (schemas.AssignmentOut, examples.UNCHANGED),
        (schemas.ArticleOut, examples.STORED),
        (schemas.ArticlePage, examples.ARTICLES),
        (schemas.ClusterOut, examples.CLUSTER),
        (schemas.ClusterPage, examples.CLUSTERS),
        (schemas.TimelineOut, reason_examples.TIMELINE),
        (schemas.SimilarPage, reason_examples.SIMILAR),
        (schemas.RelatedPage, reason_examples.RELATED),
        (schemas.ChangePage, examples.CHANGES),
        (schemas_webhooks.WebhookIn, examples.WEBHOOK_WANTED | {"secret": None}),
        (schemas_webhooks.WebhookMade, examples.WEBHOOK_MADE),
        (schemas_webhooks.WebhooksOut, examples.WEBHOOKS),
        (schemas_webhooks.DeadLettersOut, examples.DEAD_LETTERS),
        (schemas_webhooks.RedeliveryOut, examples.REDELIVERY),
        (schemas.AliveOut, examples.ALIVE),
        (schemas.ReadyOut, examples.READY),
        (schemas.ProblemOut, examples.REFUSED),
        (schemas.ProblemOut, examples.UNAVAILABLE),
        (schemas.ProblemOut, examples.CONTRADICTION),
        (decisions.MoveIn, examples.MOVE),
        (decisions.MergeIn, examples.MERGE),
        (decisions.SplitIn, examples.SPLITTING),
        (decisions.ConstraintIn, examples.CONSTRAINING),
        (decisions.CorrectionIn, examples.UNDO),
        (decisions.DecisionOut, examples.MOVED),
        (decisions.DecisionOut, examples.MERGED),
        (decisions.DecisionOut, examples.SPLIT),
        (decisions.DecisionOut, examples.CONSTRAINED),
        (decisions.DecisionOut, examples.UNDONE),
        (decisions.LineageOut, examples.LINEAGE),
        (decisions.ConstraintOut, examples.CONSTRAINT),
        (decisions.ConstraintPage, examples.CONSTRAINTS),
        (schemas_jobs.ReindexIn, job_examples.REINDEX),
        (schemas_jobs.JobOut, job_examples.JOB),
        (schemas_jobs.JobOut, job_examples.ROLLED_BACK),
        (schemas_jobs.JobPage, job_examples.JOBS),
        (schemas_jobs.DifferenceOut, job_examples.DIFFERENCE),
        (schemas.ProblemOut, job_examples.JOB_CONFLICT),
    ],
)
def test_examples_are_what_the_schemas_say(model: type[BaseModel], example: dict[str, Any]) -> None:
    parsed = model.model_validate_json(json.dumps(example))
    assert parsed.model_fields_set == example.keys() <= model.model_fields.keys()
    assert model in (schemas.ArticleIn, schemas.ProblemOut) or example.keys() == model.model_fields.keys()


@pytest.mark.parametrize(
    ("answer", "example"),
    [
        (Comparison, reason_examples.COMPARISON),
        (Explanation, reason_examples.EXPLANATION),
        (Provenance, reason_examples.PROVENANCE),
    ],
)
def test_examples_are_what_the_engine_answers(answer: type[Any], example: dict[str, Any]) -> None:
    parsed = TypeAdapter(answer).validate_json(json.dumps(example), extra="forbid")
    assert json.loads(dumps(parsed)) == example


def test_answers_have_the_fields_of_their_examples(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        assignment = (await client.post("/v1/articles", json=examples.ARTICLE)).json()
        assert assignment.keys() == examples.ASSIGNMENT.keys()
        article, cluster = assignment["article_id"], assignment["cluster_id"]
        for path, example, model in (
            (f"/v1/articles/{article}", examples.STORED, schemas.ArticleOut),
            ("/v1/clusters", examples.CLUSTERS, schemas.ClusterPage),
            (f"/v1/clusters/{cluster}", examples.CLUSTER, schemas.ClusterOut),
            (f"/v1/clusters/{cluster}/articles", examples.ARTICLES, schemas.ArticlePage),
            (f"/v1/clusters/{cluster}/round-ups", examples.ROUND_UPS, schemas.ArticlePage),
            (f"/v1/clusters/{cluster}/lineage", examples.LINEAGE, decisions.LineageOut),
            ("/v1/constraints", examples.CONSTRAINTS, decisions.ConstraintPage),
            (f"/v1/clusters/{cluster}/timeline", reason_examples.TIMELINE, schemas.TimelineOut),
            (f"/v1/clusters/{cluster}/related", reason_examples.RELATED, schemas.RelatedPage),
            (f"/v1/articles/{article}/similar", reason_examples.SIMILAR, schemas.SimilarPage),
            ("/v1/changes", examples.CHANGES, schemas.ChangePage),
            ("/healthz", examples.ALIVE, schemas.AliveOut),
            ("/readyz", examples.READY, schemas.ReadyOut),
        ):
            answer = await client.get(path)
            assert answer.json().keys() == example.keys()
            assert isinstance(model.model_validate_json(answer.content), model)

    newsroom.run(scenario)


def test_changes_that_are_known_are_not_sent_again(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json={"title": "Storm"})
        tag = (await client.get("/v1/changes")).headers["etag"]
        again = await client.get("/v1/changes", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        await client.post("/v1/articles", json={"title": "Election night"})
        newer = await client.get("/v1/changes", headers={"If-None-Match": tag})
        assert [entry["seq"] for entry in newer.json()["changes"]] == [1, 2]

    newsroom.run(scenario)


def test_the_page_for_people_shows_the_examples(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> str:
        return (await client.get("/docs")).text

    page = newsroom.run(scenario)
    assert "eastlow:2026:4711" in page
    assert "clu_2vtqzqzhf8ff1" in page
    assert "has no time zone" in page


def test_the_example_of_an_explanation_adds_up() -> None:
    join = reason_examples.EXPLANATION["join"]
    log_odds = join["base"] + sum(feature["contribution"] for feature in join["features"])
    assert round(log_odds, 8) == join["log_odds"]
    assert round(1 / (1 + math.exp(-log_odds)), 4) == join["probability"]
    assert round(join["probability"] - join["threshold"], 4) == join["margin"]
    assert round(join["probability"] - join["runner_up"]["confidence"], 4) == join["lead"]


def test_the_document_is_there_for_programs(newsroom: Any) -> None:
    async def ask(client: httpx.AsyncClient) -> None:
        answer = await client.get("/openapi.json")
        assert answer.status_code == 200
        assert answer.json() == newsroom.app.openapi()

    newsroom.run(ask)
