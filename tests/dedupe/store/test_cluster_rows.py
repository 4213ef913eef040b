"""What a large cluster's row keeps."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson

from dedupe.store.cluster_rows import TALLIED_TERMS, cluster_values
from dedupe.store.summary import Summary

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_rarest_terms_of_a_vast_cluster_are_forgotten() -> None:
    counts = {f"term{number:05d}": 1 + number % 7 for number in range(TALLIED_TERMS * 3)}
    summary = Summary(size=9_000, terms=dict(counts))
    kept = orjson.loads(cluster_values(summary.row("clu_1", NOW, 1, None), summary)["term_tally"])
    assert len(kept) == TALLIED_TERMS
    assert kept.items() <= counts.items()
    assert min(kept.values()) >= max(count for term, count in counts.items() if term not in kept)
    assert summary.terms == counts
