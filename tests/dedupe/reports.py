"""An engine around a store in memory, and articles to give it that tell of two events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dedupe import ids
from dedupe.archive import Archive
from dedupe.article import Article
from dedupe.clusters.decision import JoinModel
from dedupe.engine import Engine
from dedupe.events import Assignment
from dedupe.store.memory import MemoryStore
from dedupe.submission import Submission

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FERRY = (
    "The ferry Aurora ran aground at dawn on Monday off the northern breakwater of Sandholm, and all 212 people on "
    "board were brought ashore by two tugs before noon, the coast guard said. “We heard the hull scrape over the "
    "rocks and knew at once that something was wrong,” said Marit Oland, a passenger from Eastlow. The captain is "
    "being questioned, and divers are to look at the hull on Tuesday."
)
RETOLD = (
    "Passengers of the Aurora have told how their ferry struck rocks near Sandholm in the early hours. Marit Oland of "
    "Eastlow recalls: “We heard the hull scrape over the rocks and knew at once that something was wrong”. Two tugs "
    "brought everybody ashore; the coast guard questions the captain, and the breakwater is closed to ships."
)
BANKS = (
    "Halvern Mutual and Eastlow Savings have agreed to merge in an all-share deal worth 8.9 billion crowns, creating "
    "the third largest lender of the country with 2.3 million customers. Shareholders are to vote in May, and the "
    "competition authority has opened a review of the deal, which the chairman called a marriage of equals."
)


@dataclass
class Desk:
    """Sends articles an hour apart, and looks at what became of them."""

    model: JoinModel | None = None
    now: datetime = START
    count: int = 0
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.engine = Engine(self.store, model=self.model)
        self.archive = Archive(self.store)

    def send(self, text: str, title: str = "", *, hours: float = 1, **fields: Any) -> Assignment:
        """Place an article that was published, and came in, ``hours`` after the one before."""
        self.now += timedelta(hours=hours)
        self.count += 1
        fields = {"language": "en", "published_at": self.now, "uri": f"desk:{self.count}"} | fields
        article = Article(title=title, text=text, **fields)
        return self.engine.add(
            Submission(article=article, article_id=ids.encode("art", self.count), received_at=self.now)
        )
