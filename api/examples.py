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
    "headline": ARTICLE["title"],
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
_BRIEFING: Final[Json] = STORED | {
    "article_id": "art_7c2p0w4n8x6kd",
    "title": "Four things to know this morning",
    "headline": "Four things to know this morning",
    "text": "1. The ferry. All 212 people are safe. 2. The vote. Aldmere counts again today. 3. The banks. …",
    "uri": "eastlow:2026:4730",
    "url": "https://eastlow.example/news/this-morning",
    "published_at": "2026-03-03T05:30:00Z",
    "received_at": "2026-03-03T05:30:02.114Z",
    "top_terms": ["aldmere", "ferry", "banks", "vote"],
    "assignment": {
        "article_id": "art_7c2p0w4n8x6kd",
        "cluster_id": "clu_7s5hh7zpyenpj",
        "duplicate_group_id": None,
        "decision": "joined",
        "duplicate_of": None,
        "confidence": 0.71,
        "runner_up": {"cluster_id": ASSIGNMENT["cluster_id"], "confidence": 0.54},
        "also_in": [ASSIGNMENT["cluster_id"], "clu_9k2d6t0f4m8bz"],
        "seq": 1107,
        "notices": [],
    },
}
ROUND_UPS: Final[Json] = {"articles": [_BRIEFING], "next_cursor": None}
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
            "generation": None,
        }
    ],
    "last_seq": 1042,
}
STREAM: Final = (
    'retry: 2000\n\nid: 1042\ndata: {"seq":1042,"at":"2026-03-02T06:41:12.480Z","kind":"copied",'
    '"article_id":"art_5x1m8v0c2q4rt","cluster_id":"clu_2vtqzqzhf8ff1","from_cluster_id":null}\n\n: alive\nid: 1042\n\n'
)
WEBHOOK_WANTED: Final[Json] = {
    "url": "https://desk.example/hooks/storyfold",
    "kinds": ["cluster.opened", "cluster.grew"],
    "grew_past": 10,
}
WEBHOOK: Final[Json] = {
    "webhook_id": "whk_7v1m8v0c2q4rt",
    "url": "https://desk.example/hooks/storyfold",
    "kinds": ["cluster.grew", "cluster.opened"],
    "grew_past": 10,
    "created_at": "2026-03-02T06:41:12.480Z",
    "position": 1042,
    "attempts": 0,
}
WEBHOOK_MADE: Final[Json] = WEBHOOK | {"secret": "whsec_c3Rvcnlmb2xkLWV4YW1wbGUtc2VjcmV0LTMyYnl0ZXM="}
WEBHOOKS: Final[Json] = {"webhooks": [WEBHOOK]}
DEAD_LETTERS: Final[Json] = {
    "dead_letters": [
        {
            "seq": 1042,
            "kind": "cluster.opened",
            "cluster_id": "clu_2vtqzqzhf8ff1",
            "attempts": 4,
            "reason": "answered 404",
            "is_due": False,
            "at": "2026-03-02T06:45:00Z",
        }
    ]
}
REDELIVERY: Final[Json] = {"redelivering": 1}
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

MOVE: Final[Json] = {"cluster_id": "clu_2vtqzqzhf8ff1", "actor": "m.okafor", "note": "another ferry, same harbour"}
MERGE: Final[Json] = {"cluster_id": "clu_8mwq02c5ht3kd", "actor": "m.okafor", "note": "one accident"}
SPLITTING: Final[Json] = {"article_ids": ["art_5x1m8v0c2q4rt"], "actor": "m.okafor", "note": "two accidents"}
CONSTRAINING: Final[Json] = {
    "rule": "cannot_link",
    "article_ids": ["art_0pz6k3n9w7b1s", "art_5x1m8v0c2q4rt"],
    "actor": "m.okafor",
    "note": None,
}
UNDO: Final[Json] = {"actor": "j.lind", "note": "it was one after all"}
MOVED: Final[Json] = {
    "seq": 1043,
    "at": "2026-03-02T07:02:44.105Z",
    "kind": "moved",
    "rule": "move",
    "cluster_id": "clu_2vtqzqzhf8ff1",
    "from_cluster_id": "clu_8mwq02c5ht3kd",
    "article_ids": ["art_5x1m8v0c2q4rt"],
    "actor": "m.okafor",
    "note": "another ferry, same harbour",
    "undoes": None,
    "ends": [],
}
MERGED: Final[Json] = MOVED | {"kind": "merged", "rule": "merge", "note": "one accident"}
SPLIT: Final[Json] = MOVED | {"kind": "split", "rule": "split", "note": "two accidents"}
CONSTRAINED: Final[Json] = MOVED | {"kind": "constrained", "rule": "cannot_link", "note": None}
UNDONE: Final[Json] = MOVED | {
    "seq": 1051, "kind": "undone", "rule": None, "actor": "j.lind", "note": UNDO["note"],
    "undoes": 1043, "ends": [1043],
}  # fmt: skip
OPENED: Final[Json] = MOVED | {
    "seq": 1021, "kind": "opened", "rule": None, "from_cluster_id": None, "actor": None, "note": None,
}  # fmt: skip
LINEAGE: Final[Json] = {
    "cluster_id": "clu_2vtqzqzhf8ff1",
    "merged_into": None,
    "arrivals": {"opened": 1, "joined": 3, "copied": 7},
    "events": [OPENED, MOVED],
    "next_cursor": None,
}
CONSTRAINT: Final[Json] = {
    "seq": 1043,
    "rule": "move",
    "article_ids": MOVED["article_ids"],
    "other_ids": ["art_0pz6k3n9w7b1s"],
    "cluster_id": MOVED["cluster_id"],
    "from_cluster_id": MOVED["from_cluster_id"],
    "actor": MOVED["actor"],
    "note": MOVED["note"],
    "at": MOVED["at"],
    "undone_by": None,
}
CONSTRAINTS: Final[Json] = {"constraints": [CONSTRAINT], "next_cursor": None}
CONTRADICTION: Final[Json] = {
    "type": "about:blank",
    "title": "Conflict",
    "status": 409,
    "code": "contradiction",
    "detail": "decision 1043 (move, by m.okafor at 2026-03-02 07:02 UTC) forbids this; undo it first:"
    " POST /v1/constraints/1043/undo",
    "standing": {
        "seq": 1043,
        "rule": "move",
        "actor": "m.okafor",
        "note": MOVED["note"],
        "at": MOVED["at"],
        "article_ids": MOVED["article_ids"],
    },
    "refused": {
        "rule": "split",
        "actor": "j.lind",
        "note": None,
        "at": "2026-03-02T08:15:00Z",
        "article_ids": MOVED["article_ids"],
    },
}
JSON_FEED: Final[Json] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": CLUSTER["headline"],
    "home_page_url": f"https://storyfold.example/v1/clusters/{CLUSTER['cluster_id']}",
    "feed_url": f"https://storyfold.example/v1/clusters/{CLUSTER['cluster_id']}.json",
    "items": [
        {
            "id": STORED["article_id"],
            "title": ARTICLE["title"],
            "content_text": ARTICLE["text"],
            "date_published": ARTICLE["published_at"],
            "language": "en",
        }
    ],
}
