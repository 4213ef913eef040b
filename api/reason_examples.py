"""The same short story, as the reasons for it: more examples of the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.examples import ARTICLE, ASSIGNMENT, Json

PAIR: Final[Json] = {
    "left": {"article_id": ASSIGNMENT["article_id"]},
    "right": {"text": "The coast guard said the ferry Aurora ran aground at dawn. Nobody was hurt.", "language": "en"},
}
COMPARISON: Final[Json] = {
    "similarity": 0.5437,
    "jaccard": 0.1154,
    "containment": 0.3,
    "passages": [
        {
            "left": {"field": "text", "start": 0, "end": 36},
            "right": {"field": "text", "start": 21, "end": 57},
            "tokens": 7,
            "excerpt": "The ferry Aurora ran aground at dawn",
        }
    ],
    "passages_left_out": 0,
    "terms": [{"term": "aground", "contribution": 0.2341}, {"term": "ferry", "contribution": 0.1998}],
    "left": {
        "language": "en",
        "tokens": 23,
        "shared_tokens": 7,
        "added_tokens": 16,
        "added_characters": 93,
        "added": [{"field": "title", "start": 0, "end": 39}, {"field": "text", "start": 37, "end": 91}],
        "added_left_out": 0,
    },
    "right": {
        "language": "en",
        "tokens": 14,
        "shared_tokens": 7,
        "added_tokens": 7,
        "added_characters": 35,
        "added": [{"field": "text", "start": 0, "end": 20}, {"field": "text", "start": 59, "end": 74}],
        "added_left_out": 0,
    },
}
EXPLANATION: Final[Json] = {
    "article_id": ASSIGNMENT["article_id"],
    "cluster_id": ASSIGNMENT["cluster_id"],
    "decision": "joined",
    "seq": 1042,
    "decided_at": "2026-03-02T09:12:00Z",
    "revision": 1,
    "placed_in": "clu_7s5hh7zpyenpj",
    "summary": "It joined with a probability of .967, where .420 is needed, the runner-up had .027. What spoke most"
    " for it: Its words match the cluster's as a whole: .73.",
    "duplicate_of": None,
    "duplicate_group_id": None,
    "join": {
        "cluster_id": "clu_7s5hh7zpyenpj",
        "probability": 0.9674,
        "threshold": 0.42,
        "margin": 0.5474,
        "runner_up": {"cluster_id": "clu_enay5be8kmrgt", "confidence": 0.0273},
        "lead": 0.9401,
        "model": 12,
        "base": -0.1686275,
        "log_odds": 3.39,
        "features": [
            {
                "name": "centroid",
                "value": 0.7266,
                "contribution": 1.9803275,
                "sentence": "Its words match the cluster's as a whole: .73.",
            },
            {
                "name": "oldest",
                "value": 0.9996,
                "contribution": 0.791445,
                "sentence": "Closeness in time to the cluster's oldest article (1 is the same moment, .14 six days):"
                " 1.00.",
            },
            {
                "name": "base_rate",
                "value": 0.6143,
                "contribution": 0.786855,
                "sentence": "About 61 of 100 articles in its language join a cluster here; at first, 60 are assumed.",
            },
        ],
    },
    "nearest": {
        "article_id": "art_0pz6k3n9w7b1s",
        "text_state": "as_it_was",
        "title": ARTICLE["title"],
        "source": "Norvik Wire",
        "published_at": "2026-03-02T06:10:00Z",
        "seconds_after": 10_800.0,
    },
    "similarity": 0.7266,
    "terms": [{"term": "Sandholm", "contribution": 0.2217}, {"term": "ferry", "contribution": 0.1603}],
    "passages": COMPARISON["passages"],
    "passages_left_out": 0,
    "later": [
        {
            "seq": 1043,
            "at": "2026-03-02T09:12:00Z",
            "kind": "merged",
            "cluster_id": ASSIGNMENT["cluster_id"],
            "from_cluster_id": "clu_7s5hh7zpyenpj",
            "actor": None,
            "note": None,
            "sentence": "The two clusters turned out to be one event.",
        }
    ],
}
PROVENANCE: Final[Json] = {
    "cluster_id": ASSIGNMENT["cluster_id"],
    "size": 2,
    "independent_count": 1,
    "source_count": 2,
    "first": "art_0pz6k3n9w7b1s",
    "articles": [
        {
            "article_id": "art_0pz6k3n9w7b1s",
            "title": ARTICLE["title"],
            "source": "Norvik Wire",
            "published_at": "2026-03-02T06:10:00Z",
            "received_at": "2026-03-02T06:10:04Z",
            "role": "original",
            "duplicate_group_id": ASSIGNMENT["duplicate_group_id"],
            "copied_from": None,
            "wire": {"agency": "Norvik Wire", "dateline": "SANDHOLM (Norvik Wire)", "credits": None},
        },
        {
            "article_id": ASSIGNMENT["article_id"],
            "title": "212 safe after ferry accident",
            "source": ARTICLE["source"],
            "published_at": "2026-03-02T06:40:00Z",
            "received_at": "2026-03-02T06:41:12Z",
            "role": "copy",
            "duplicate_group_id": ASSIGNMENT["duplicate_group_id"],
            "copied_from": {
                "article_id": "art_0pz6k3n9w7b1s",
                "source": "Norvik Wire",
                "jaccard": 0.41,
                "containment": 0.87,
                "seconds_after": 1_800.0,
                "kept_tokens": 212,
                "added_tokens": 17,
                "added_characters": 104,
                "cut_tokens": 230,
                "cut_characters": 1_391,
            },
            "wire": None,
        },
    ],
    "next_cursor": None,
}
TIMELINE: Final[Json] = {
    "cluster_id": ASSIGNMENT["cluster_id"],
    "hours": [{"at": "2026-03-02T06:00:00Z", "articles": 2, "copies": 1}],
    "next_cursor": None,
}
SIMILAR: Final[Json] = {
    "articles": [
        {
            "article_id": "art_0pz6k3n9w7b1s",
            "cluster_id": ASSIGNMENT["cluster_id"],
            "title": ARTICLE["title"],
            "source": "Norvik Wire",
            "published_at": "2026-03-02T06:10:00Z",
            "similarity": 0.8312,
            "jaccard": 0.41,
            "containment": 0.87,
        }
    ],
    "next_cursor": None,
}
RELATED: Final[Json] = {
    "clusters": [
        {
            "cluster_id": "clu_7s5hh7zpyenpj",
            "headline": "Ferry Aurora loses an engine off Sandholm",
            "representative_id": "art_3c9m5t2x8d6jq",
            "size": 4,
            "source_count": 3,
            "first_seen": "2025-11-14T17:20:00Z",
            "last_seen": "2025-11-15T08:05:00Z",
            "similarity": 0.3127,
            "terms": ["Aurora", "ferry", "Sandholm"],
        }
    ],
    "next_cursor": "WyJhM2Y5YzFkMCIsODgxLDBd",
}
