"""One short story, as requests and answers: the examples of the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

ARTICLE: Final[Json] = {
    "title": "Harbour ferry runs aground off Sandholm",
    "text": "The ferry Aurora ran aground at dawn on Monday. All 212 people on board were brought ashore.",
    "source": "Eastlow Standard",
    "uri": "eastlow:2026:4711",
    "url": "https://eastlow.example/news/ferry-aground",
    "published_at": "2026-03-02T06:40:00Z",
    "language": "en",
}
ASSIGNMENT: Final[Json] = {
    "article_id": "art_5x1m8v0c2q4rt",
    "cluster_id": "clu_2vtqzqzhf8ff1",
    "duplicate_group_id": "dup_d1vtf8x88c8k7",
    "decision": "copied",
    "duplicate_of": {"article_id": "art_0pz6k3n9w7b1s", "jaccard": 0.41, "containment": 0.87, "kind": "copy"},
    "confidence": 0.87,
    "runner_up": None,
    "also_in": [],
    "seq": 1042,
    "notices": [],
}
UNCHANGED: Final[Json] = ASSIGNMENT | {"decision": "unchanged"}
STORED: Final[Json] = {
    "article_id": ASSIGNMENT["article_id"],
    **ARTICLE,
    "received_at": "2026-03-02T06:41:12.480Z",
    "version": None,
    "authors": [],
    "pub_status": "usable",
    "embargoed_until": None,
    "revision": 1,
    "top_terms": ["ferry", "aurora", "sandholm", "aground"],
    "assignment": ASSIGNMENT,
}
ARTICLES: Final[Json] = {"articles": [STORED], "next_cursor": None}
CLUSTER: Final[Json] = {
    "cluster_id": ASSIGNMENT["cluster_id"],
    "headline": ARTICLE["title"],
    "representative_id": "art_0pz6k3n9w7b1s",
    "language": "en",
    "size": 2,
    "source_count": 2,
    "independent_count": 1,
    "first_seen": "2026-03-02T06:10:00Z",
    "last_seen": "2026-03-02T06:40:00Z",
    "updated_at": "2026-03-02T06:41:12.480Z",
    "updated_seq": 1042,
    "velocity": 1.62,
    "sources": ["Eastlow Standard", "Norvik Wire"],
    "top_terms": ["ferry", "aurora", "sandholm", "aground"],
}
CLUSTERS: Final[Json] = {"clusters": [CLUSTER], "next_cursor": "WzEwNDJd"}
CHANGES: Final[Json] = {
    "changes": [
        {
            "seq": 1042,
            "at": "2026-03-02T06:41:12.480Z",
            "kind": "copied",
            "article_id": ASSIGNMENT["article_id"],
            "cluster_id": ASSIGNMENT["cluster_id"],
            "from_cluster_id": None,
        }
    ],
    "last_seq": 1042,
}
ALIVE: Final[Json] = {"status": "alive"}
READY: Final[Json] = {"status": "ready", "articles": 1042, "clusters": 311, "duplicate_groups": 97, "last_seq": 1042}
METRICS: Final = 'storyfold_decisions_total{decision="copied"} 97.0\nstoryfold_queue_depth 0.0\n'
REFUSED: Final[Json] = {
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "code": "invalid_article",
    "detail": "published_at: has no time zone; write it as 2026-03-02T08:15:00Z",
    "errors": [{"field": "published_at", "reason": "has no time zone; write it as 2026-03-02T08:15:00Z"}],
}
UNAVAILABLE: Final[Json] = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "code": "store_unavailable",
    "detail": "the disk that holds /var/lib/storyfold/storyfold.db is full",
}
