"""A disk that is full while the server runs: refused with a reason, read on, and as before once there is room."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATH = "/v1/articles"
LONG = "A storm tore roofs off houses along the coast on Monday. " * 2_000
STORM = {"title": "Storm", "text": LONG, "uri": "a", "source": "Courier"}
ELECTION = {"title": "Election night", "text": "Votes are counted in all nine provinces until morning. " * 2_000}


@contextmanager
def no_room(server: Any) -> Iterator[None]:
    """Let no file of the server grow, as on a disk that is full."""
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    log = server.path.with_name(server.path.name + "-wal")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + 1_000, hard))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_survived(server: Any) -> None:
    before = server.client.post(PATH, json=STORM).json()
    assert before["decision"] == "opened"
    with no_room(server):
        refused = server.client.post(PATH, json=ELECTION)
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert (refused.headers["retry-after"], "the disk" in refused.json()["detail"]) == ("5", True)
        lines = b'{"title": "Harbour", "text": "%s"}\n{"title": 1}' % LONG.encode()
        rows = server.client.post(f"{PATH}/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})
        codes = [json.loads(row)["code"] for row in rows.text.splitlines()]
        assert codes == ["store_unavailable", "invalid_article"]
        assert server.client.get("/healthz").status_code == 200
        assert server.client.get("/v1/clusters").status_code == 200
    after = server.client.post(PATH, json=ELECTION)
    assert (after.status_code, after.json()["decision"]) == (201, "opened")
    assert server.client.get("/readyz").json()["articles"] == 2
    assert server.client.post(PATH, json=STORM).json() == before | {"decision": "unchanged"}
    again = server.client.post(PATH, json=ELECTION)
    assert (again.json()["decision"], again.json()["cluster_id"]) == ("unchanged", after.json()["cluster_id"])
