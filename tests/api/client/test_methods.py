"""Every method, by either client, against a real server."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from api.client import (
    ApiProblem,
    ArticleIn,
    AsyncClient,
    Client,
    ClusterQuery,
    ClusterSort,
    CompareIn,
    ConstraintIn,
    CorrectionIn,
    EventKind,
    ExportForm,
    ExportQuery,
    JobState,
    MergeIn,
    MoveIn,
    NoticeKind,
    ReindexIn,
    Rule,
    SideIn,
    SplitIn,
    WebhookIn,
)
from api.client.methods import Call, Iteration, Methods
from api.client.request import Request
from api.schemas_jobs import JobOut
from dedupe.events import Decision
from tests.soak.serving import Server

FERRY = (
    "The ferry Aurora ran aground at dawn on Monday off the northern breakwater, and all 212 people on board were"
    " brought ashore by two tugs before noon, the coast guard said."
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EDITOR = "m.okafor"


def told(source: str, text: str = FERRY) -> ArticleIn:
    return ArticleIn(title="Ferry aground off Sandholm", text=text, source=source, uri=f"{source}:1", published_at=NOON)


def test_an_article_from_its_arrival_to_its_end(client: Client) -> None:
    first, copy = client.place(told("Courier")), client.place(told("Herald"))
    assert (first.decision, copy.decision) == (Decision.OPENED, Decision.COPIED)
    assert copy.duplicate_of is not None
    assert copy.duplicate_of.article_id == first.article_id
    assert client.preview(told("Nobody")).seq is None
    kept = client.article(copy.article_id)
    assert (kept.source, kept.published_at, kept.assignment.cluster_id) == ("Herald", NOON, first.cluster_id)
    assert client.explanation(copy.article_id).decision is Decision.COPIED
    assert [near.article_id for near in client.similar(first.article_id)] == [copy.article_id]
    assert client.compare(first.article_id, copy.article_id).containment == 1.0
    pair = CompareIn(left=SideIn(article_id=first.article_id), right=SideIn(text=FERRY.upper()))
    assert client.compare_texts(pair).containment == 1.0
    client.take_down(copy.article_id)
    client.take_down(copy.article_id)  # as good as once
    with pytest.raises(ApiProblem) as gone:
        client.article(copy.article_id)
    assert (gone.value.status, gone.value.code) == (410, "withdrawn_article")
    assert gone.value.request_id
    client.take_down(first.article_id)


def test_clusters_are_listed_over_pages_and_looked_at(client: Client) -> None:
    placed = [client.place(ArticleIn(title=f"Story of the {word}", source="Herald")) for word in WORDS]
    query = ClusterQuery(limit=2, sort=ClusterSort.FIRST_SEEN, source="Herald")
    listed = list(client.clusters(query))
    assert {entry.cluster_id for entry in listed} == {answer.cluster_id for answer in placed}
    assert len(listed) == len(placed)
    page = client.cluster_page(query)
    assert (len(page.clusters), page.next_cursor is None) == (2, False)
    cluster_id = placed[0].cluster_id
    assert client.cluster(cluster_id).sources == ["Herald"]
    assert [entry.article_id for entry in client.members(cluster_id)] == [placed[0].article_id]
    assert list(client.round_ups(cluster_id)) == client.round_up_page(cluster_id).articles == []
    assert [entry.kind for entry in client.lineage(cluster_id)] == [EventKind.OPENED]
    assert client.lineage_page(cluster_id).arrivals == {Decision.OPENED: 1}
    assert [entry.source for entry in client.provenance(cluster_id)] == ["Herald"]
    assert client.provenance_page(cluster_id).size == 1
    assert [hour.articles for hour in client.timeline(cluster_id)] == [1]
    assert list(client.related(cluster_id)) == []
    rows = list(csv.DictReader(io.StringIO(client.export_cluster(cluster_id, ExportForm.CSV).decode("utf-8-sig"))))
    assert [row["article_id"] for row in rows] == [placed[0].article_id]
    exported = client.export_clusters(ExportForm.JSON, ExportQuery(limit=1, source="Herald"))
    assert exported.startswith(b'{"version":"https://jsonfeed.org/version/1.1"')
    with pytest.raises(ApiProblem, match=r"cursor.*\(422 invalid_query\)"):
        client.cluster_page(ClusterQuery(cursor="nonsense"))


WORDS = ("lighthouse", "glacier", "parliament", "orchestra", "vineyard")


def test_editors_decide_and_take_it_back(client: Client) -> None:
    one, two = (client.place(ArticleIn(title=title)) for title in ("Mayor of Norvik resigns", "Volcano wakes"))
    merged = client.merge(one.cluster_id, MergeIn(cluster_id=two.cluster_id, actor=EDITOR, note="one evening"))
    assert (merged.kind, merged.actor, merged.note) == (EventKind.MERGED, EDITOR, "one evening")
    assert client.cluster(two.cluster_id).cluster_id == one.cluster_id  # the old id leads on
    with pytest.raises(ApiProblem) as refused:
        client.split(one.cluster_id, SplitIn(article_ids=[two.article_id], actor="j.lind"))
    assert refused.value.code == "contradiction"
    assert refused.value.problem.standing is not None
    assert refused.value.problem.standing.seq == merged.seq
    client.undo(merged.seq, CorrectionIn(actor=EDITOR))
    moved = client.move(two.article_id, MoveIn(cluster_id=one.cluster_id, actor=EDITOR))
    assert moved.article_ids == [two.article_id]
    assert client.undo_move(two.article_id, actor=EDITOR, note="no").undoes == moved.seq
    apart = client.constrain(
        ConstraintIn(rule=Rule.CANNOT_LINK, article_ids=[one.article_id, two.article_id], actor=EDITOR)
    )
    assert client.constraint(apart.seq).rule is Rule.CANNOT_LINK
    assert [entry.seq for entry in client.constraints()] == [apart.seq]
    assert len(list(client.constraints(in_force=False))) == 3
    assert client.constraint_page(limit=1).next_cursor is None


def test_a_reindex_is_looked_at_put_into_force_and_taken_back(client: Client) -> None:
    placed = client.place(ArticleIn(title="Bakery in Torvik closes", source="Herald"))
    job = ready(client, {"coverage": 0.7, "cluster_window_days": 5})
    assert (job.settings["coverage"], job.settings["cluster_window_days"]) == (0.7, 5.0)
    assert job.articles_done == job.articles_total > 0
    difference = client.difference(job.job_id, limit=0)
    assert (difference.article_count, difference.moved_count, difference.changes) == (job.articles_total, 0, [])
    activated = client.activate(job.job_id)
    assert activated.state is JobState.ACTIVATED
    assert activated.event_seq is not None
    told_of = client.change_page(after=activated.event_seq - 1).changes[0]
    assert (told_of.kind, told_of.cluster_id) == (EventKind.ACTIVATED, None)
    assert told_of.generation is not None
    assert told_of.generation.article_count == job.articles_total
    assert client.article(placed.article_id).assignment.cluster_id == placed.cluster_id
    assert client.rollback(job.job_id).state is JobState.ROLLED_BACK
    assert client.job(job.job_id).rollback_seq == activated.event_seq + 1


def test_a_reindex_is_refused_or_discarded(client: Client) -> None:
    with pytest.raises(ApiProblem, match="coverge") as misspelt:
        client.reindex(ReindexIn(settings={"coverge": 0.7}))
    assert misspelt.value.code == "invalid_settings"
    job = ready(client, {})
    with pytest.raises(ApiProblem) as refused:
        client.rollback(job.job_id)
    assert (refused.value.status, refused.value.code) == (409, "job_conflict")
    client.discard(job.job_id)
    with pytest.raises(ApiProblem, match="job_conflict"):
        client.discard(job.job_id)
    listed = list(client.jobs())
    assert (listed[0].job_id, listed[0].state) == (job.job_id, JobState.DISCARDED)
    assert client.job_page(limit=1).jobs == listed[:1]
    for ask in (client.job, client.difference, client.activate):
        with pytest.raises(ApiProblem, match="unknown_job"):
            ask("job_none")


def ready(client: Client, settings: dict[str, Any]) -> JobOut:
    job = client.reindex(ReindexIn(settings=settings))
    while job.state is JobState.BUILDING:
        job = client.job(job.job_id, wait_seconds=15)
    assert job.state is JobState.READY
    return job


def test_webhooks_and_what_the_service_says_of_itself(client: Client) -> None:
    with pytest.raises(ApiProblem, match="private"):
        client.subscribe(WebhookIn(url="http://127.0.0.1/hook", kinds=[NoticeKind.OPENED]))
    assert client.webhooks().webhooks == []
    for ask in (client.webhook, client.unsubscribe, client.dead_letters, client.redeliver):
        with pytest.raises(ApiProblem, match="unknown_webhook"):
            ask("whk_none")
    assert client.health().status == "alive"
    assert client.readiness().status == "ready"
    assert "storyfold_" in client.metrics()
    assert client.openapi()["info"]["title"] == "Storyfold"


def test_the_one_that_does_not_wait_asks_the_same(served: Server) -> None:
    async def scenario() -> None:
        async with AsyncClient(served.url) as client:
            placed = await asyncio.gather(*(client.place(told(f"Outlet {n}")) for n in range(8)))
            assert len({answer.cluster_id for answer in placed}) == 1
            listed = [entry.article_id async for entry in client.members(placed[0].cluster_id)]
            assert sorted(listed) == sorted(answer.article_id for answer in placed)
            uploaded = [told("Outlet 1"), ArticleIn(title=" ")]
            answers = [answer async for answer in client.upload(uploaded)]
            assert [bool(answer.assignment) for answer in answers] == [True, False]
            with pytest.raises(ApiProblem, match="unknown_article"):
                await client.article("art_none")
            job = await client.reindex(ReindexIn())
            while job.state is JobState.BUILDING:
                job = await client.job(job.job_id, wait_seconds=15)
            assert (await client.difference(job.job_id)).churn == 0
            await client.discard(job.job_id)
            newest, *_ = [one async for one in client.jobs()]
            assert (newest.job_id, newest.state) == (job.job_id, JobState.DISCARDED)

    asyncio.run(scenario())


BODIES: dict[str, Any] = {
    "place": [ArticleIn(title="t")], "preview": [ArticleIn(title="t")], "upload": [[ArticleIn(title="t")]],
    "compare": ["a", "b"], "compare_texts": [CompareIn(left=SideIn(title="t"), right=SideIn(title="t"))],
    "move": ["a", MoveIn(cluster_id=None, actor="e")], "merge": ["c", MergeIn(cluster_id="d", actor="e")],
    "split": ["c", SplitIn(article_ids=["a"], actor="e")], "undo": [1, CorrectionIn(actor="e")], "constraint": [1],
    "constrain": [ConstraintIn(rule=Rule.PIN, article_ids=["a"], actor="e")], "export_clusters": [ExportForm.CSV],
    "export_cluster": ["c", ExportForm.CSV],
    "reindex": [ReindexIn()],
    "subscribe": [WebhookIn(url="https://a.example", kinds=[NoticeKind.OPENED])],
}  # fmt: skip
NAMELESS = {
    "clusters", "cluster_page", "constraints", "constraint_page", "changes", "change_page", "jobs", "job_page",
    "webhooks", "health", "readiness", "metrics", "openapi",
}  # fmt: skip
OTHERWISE = {("get", "/v1/changes/stream")}
"""The same changes as `/v1/changes`, for browsers."""


class Recording(Methods):
    """Takes what a method would send."""

    def send(self, request: Request[Any]) -> Request[Any]:
        return request

    def walk(self, walk: Any) -> Request[Any]:
        request: Request[Any] = walk.ask()
        return request


def test_there_is_a_method_for_every_operation(client: Client) -> None:
    paths = client.openapi()["paths"]
    patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/.]+", path.replace(".", r"\."))) for path in paths}
    met = set()
    for name, method in vars(Methods).items():
        if not isinstance(method, Call | Iteration):
            continue
        given = BODIES.get(name, [] if name in NAMELESS else ["x"])
        named = {"actor": "e"} if name == "undo_move" else {}
        request = getattr(Recording(), name)(*given, **named)
        met |= {(request.method.lower(), path) for path, pattern in patterns.items() if pattern.fullmatch(request.path)}
    offered = {(verb, path) for path, verbs in paths.items() for verb in verbs} - {("get", "/openapi.json")}
    assert offered - met == OTHERWISE
