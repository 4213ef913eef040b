"""Between a cluster's row as lists show it, its open summary, and its row in the table."""

from __future__ import annotations

from typing import Final

import orjson

from dedupe.store.answers import ClusterRow
from dedupe.store.dialect import Values
from dedupe.store.rows import Record, packed, unpacked
from dedupe.store.summary import Summary, most_frequent
from dedupe.store.times import microseconds, moment

TALLIED_TERMS: Final = 1_000
"""A cluster of many articles forgets its rarest terms until it is counted anew: its row stays small."""


def cluster_values(row: ClusterRow, summary: Summary) -> Values:
    """Return the row of a cluster, but for its number."""
    return {
        "id": row.cluster_id,
        "headline": row.headline,
        "representative_id": row.representative_id,
        "representative_rank": packed(summary.representative_rank),
        "language": row.language,
        "size": row.size,
        "source_count": row.source_count,
        "independent_count": row.independent_count,
        "first_seen": microseconds(row.first_seen),
        "last_seen": microseconds(row.last_seen),
        "updated_at": microseconds(row.updated_at),
        "updated_seq": row.updated_seq,
        "heat": row.heat,
        "sources": packed(row.sources),
        "top_terms": packed(row.top_terms),
        "merged_into": row.merged_into,
        "source_tally": packed(summary.sources),
        "term_tally": packed(_tally(summary.terms)),
    }


def embargoed_values(row: ClusterRow, pk: int) -> Values:
    """Return the row of a cluster as it is with its embargoed articles."""
    return cluster_values(row, Summary()) | {"pk": pk}


def summary_of(row: Record) -> Summary:
    """Return the open summary of a cluster's row."""
    if row.size == 0:
        return Summary()
    flag, seen, ordinal = orjson.loads(row.representative_rank)
    return Summary(
        size=row.size,
        independent_count=row.independent_count,
        headline=row.headline,
        representative_id=row.representative_id,
        representative_rank=(flag, seen, ordinal),
        language=row.language,
        first_seen_us=row.first_seen,
        last_seen_us=row.last_seen,
        heat=row.heat,
        sources=orjson.loads(row.source_tally),
        terms=orjson.loads(row.term_tally),
    )


def cluster_of(row: Record) -> ClusterRow:
    """Return what lists show of a cluster's row."""
    return ClusterRow(
        cluster_id=row.id,
        headline=row.headline,
        representative_id=row.representative_id,
        language=row.language,
        size=row.size,
        source_count=row.source_count,
        independent_count=row.independent_count,
        first_seen=moment(row.first_seen),
        last_seen=moment(row.last_seen),
        updated_at=moment(row.updated_at),
        updated_seq=row.updated_seq,
        heat=row.heat,
        sources=unpacked(row.sources),
        top_terms=unpacked(row.top_terms),
        merged_into=row.merged_into,
    )


def _tally(terms: dict[str, int]) -> dict[str, int]:
    if len(terms) <= TALLIED_TERMS:
        return terms
    return {term: terms[term] for term in most_frequent(terms, TALLIED_TERMS)}
