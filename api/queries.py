"""What clients ask lists and exports for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from api.moments import Moment
from dedupe.store.queries import ClusterFilter, ClusterSort

MOST: Final = 100_000


class ExportForm(StrEnum):
    """What to write; JSON is JSON Feed 1.1."""

    JSON = "json"
    RSS = "rss"
    CSV = "csv"
    PARQUET = "parquet"


class ClusterQuery(BaseModel):
    """Which clusters to list, in which order."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    updated_since: Moment | None = Field(default=None, description="Changed at or after.")
    seen_from: Moment | None = Field(default=None, alias="from", description="Last seen at or after.")
    seen_to: Moment | None = Field(default=None, alias="to", description="First seen before.")
    min_size: int = Field(default=1, ge=1, le=1_000_000, description="At least so many articles.")
    min_sources: int = Field(default=0, ge=0, le=1_000_000, description="At least so many outlets.")
    source: str | None = Field(
        default=None, min_length=1, max_length=500, description="Has this outlet; `!` in front: has not."
    )
    language: str | None = Field(
        default=None, min_length=2, max_length=20, description="Of this language; `!` in front: of any other."
    )
    q: str | None = Field(default=None, min_length=1, max_length=200, description="Words of a headline.")
    sort: ClusterSort = ClusterSort.UPDATED
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=500, description="`next_cursor` of the page before.")

    def filter(self) -> ClusterFilter:
        """Return the filter alone."""
        fields = ("updated_since", "seen_from", "seen_to", "min_size", "min_sources", "source", "language", "q")
        return ClusterFilter(**{field: getattr(self, field) for field in fields})


class ExportQuery(ClusterQuery):
    """Which clusters to write, in which order, and how many at most."""

    limit: int = Field(default=1_000, ge=1, le=MOST, description="At most so many.")
