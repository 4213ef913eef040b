"""The thread that builds generations: what it does when something goes wrong, or takes long."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest

from api import jobs
from dedupe.errors import StoreError, StoreUnavailable
from dedupe.reindexing.desk import Desk

Client = httpx.AsyncClient


async def open_job(client: Client) -> str:
    """Post an article, open a job and return its path."""
    await client.post("/v1/articles", json={"title": "Ferry aground"})
    path: str = (await client.post("/v1/reindex", json={})).headers["location"]
    return path


def test_a_store_that_cannot_be_used_for_a_while_is_tried_again(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build, tidy, failures = Desk.build, Desk.tidy, [StoreUnavailable("full"), StoreUnavailable("full")]
    untidied = [StoreUnavailable("full")]

    def trouble(desk: Desk, *arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return build(desk, *arguments)

    def untidy(desk: Desk) -> None:
        tidy(desk)
        if untidied:
            raise untidied.pop()

    monkeypatch.setattr(jobs, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(Desk, "build", trouble)
    monkeypatch.setattr(Desk, "tidy", untidy)

    async def scenario(client: Client) -> None:
        path = await open_job(client)
        assert (await client.get(f"{path}?wait=15")).json()["state"] == "ready"
        assert failures == []

    newsroom.run(scenario)


def test_a_defect_ends_the_job_and_not_the_thread(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(client: Client) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Desk, "build", lambda *_: 1 / 0)
            path = await open_job(client)
            failed = (await client.get(f"{path}?wait=15")).json()
        assert (failed["state"], failed["finished_at"] is not None) == ("failed", True)
        assert "the log has it" in failed["error"]
        again = await open_job(client)
        assert (await client.get(f"{again}?wait=15")).json()["state"] == "ready"

    newsroom.run(scenario)


def test_what_is_still_being_built_is_neither_compared_nor_activated(
    newsroom: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, go_on = Desk.build, threading.Event()

    def waiting(desk: Desk, *arguments: Any) -> Any:
        assert go_on.wait(20)
        return build(desk, *arguments)

    monkeypatch.setattr(Desk, "build", waiting)

    async def scenario(client: Client) -> None:
        path = await open_job(client)
        for refused in (client.get(f"{path}/diff"), client.post(f"{path}/activate")):
            answer = await refused
            assert (answer.status_code, answer.json()["code"]) == (409, "job_conflict")
        assert (await client.get(f"{path}?wait=0.2")).json()["state"] == "building"
        go_on.set()
        assert (await client.get(f"{path}?wait=15")).json()["state"] == "ready"

    newsroom.run(scenario)


def test_a_switch_that_takes_long_goes_on(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    activate, rollback = Desk.activate, Desk.rollback

    def slowly(desk: Desk, job_id: str) -> Any:
        event = activate(desk, job_id)
        time.sleep(0.3)
        return event

    def in_vain(desk: Desk, job_id: str) -> Any:
        time.sleep(0.3)
        raise StoreError("the disk is full")

    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.02)
    monkeypatch.setattr(Desk, "activate", slowly)
    monkeypatch.setattr(Desk, "rollback", in_vain)

    async def scenario(client: Client) -> None:
        path = await open_job(client)
        assert (await client.get(f"{path}?wait=15")).json()["state"] == "ready"
        assert (await client.post(f"{path}/activate")).status_code == 202
        while (await client.get(path)).json()["state"] != "activated":
            pass
        assert (await client.post(f"{path}/rollback")).status_code == 202
        time.sleep(0.5)
        assert (await client.get(path)).json()["state"] == "activated"

    newsroom.run(scenario)
    assert rollback is not Desk.rollback
