"""Invents news, reproducibly: events with words of their own, reports of them, copies, revisions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from dedupe import ids
from dedupe.article import Article
from dedupe.submission import Submission

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SYLLABLES = (
    "ba",
    "cor",
    "da",
    "fen",
    "gil",
    "har",
    "jo",
    "kel",
    "lum",
    "mer",
    "nor",
    "pa",
    "quin",
    "ros",
    "tal",
    "vey",
)


@dataclass(frozen=True)
class Happening:
    """An event: the words it is told in, and when it happens."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    at: datetime


@dataclass
class Newsroom:
    """A stream of submissions; ``event_of`` remembers which event each article tells of."""

    seed: int
    now: datetime = START
    count: int = 0
    happenings: list[Happening] = field(default_factory=list)
    published: list[Submission] = field(default_factory=list)
    event_of: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.everyday = [self.word() for _ in range(300)]

    def word(self) -> str:
        """Return an invented word."""
        return "".join(self.rng.choices(SYLLABLES, k=self.rng.randint(2, 4)))

    def happen(self) -> int:
        """Let something happen; return its number."""
        words = tuple(self.word() for _ in range(40))
        names = tuple(self.word().capitalize() for _ in range(6))
        self.happenings.append(Happening(words, names, self.now))
        return len(self.happenings) - 1

    def report(self, event: int, tokens: int = 120, **fields: object) -> Submission:
        """Return a new report of an event, in its own order of words."""
        happening = self.happenings[event]
        pool = (*happening.words, *happening.names * 4)
        words = [self.rng.choice(pool if self.rng.random() < 0.5 else self.everyday) for _ in range(tokens)]
        title = " ".join(self.rng.sample(happening.words, 4) + self.rng.sample(happening.names, 2))
        return self.submit(event, Article(title=title, text=" ".join(words), **self.dateline(), **fields))  # type: ignore[arg-type]  # any field

    def briefing(self, events: Sequence[int], tokens: int = 60) -> Submission:
        """Return a round-up: a part about each of some events, in this order."""
        pools = [(*self.happenings[event].words, *self.happenings[event].names * 4) for event in events]
        parts = [" ".join(self.rng.choices(pool, k=tokens)) for pool in pools]
        article = Article(title=" ".join(self.rng.sample(self.everyday, 4)), text="\n\n".join(parts), **self.dateline())  # type: ignore[arg-type]  # any field
        return self.submit(events[0], article)

    def copy(self, original: Submission, *, keep: float = 0.8) -> Submission:
        """Return a cut copy of an article under another headline."""
        words = original.article.text.split()
        start = self.rng.randrange(0, int(len(words) * (1 - keep)) + 1)
        kept = words[start : start + int(len(words) * keep)]
        article = Article(title=" ".join(self.rng.sample(self.everyday, 6)), text=" ".join(kept), **self.dateline())  # type: ignore[arg-type]  # any field
        return self.submit(self.event_of[original.article_id], article)

    def revision(self, original: Submission) -> Submission:
        """Return the same article once more, with something added to its text."""
        text = original.article.text + " " + " ".join(self.rng.sample(self.everyday, 12))
        article = replace(original.article, text=text)
        revised = Submission(article=article, article_id=self.next_id(), received_at=self.tick())
        self.published[self.published.index(original)] = replace(revised, article_id=original.article_id)
        return revised

    def dateline(self) -> dict[str, object]:
        """Return who publishes next, and when."""
        source = self.rng.choice(("Herald", "Courier", "Gazette"))
        return {"source": source, "uri": f"n{self.count}", "published_at": self.tick(), "language": "en"}

    def submit(self, event: int, article: Article) -> Submission:
        """Return an article as it is sent in."""
        submission = Submission(article=article, article_id=self.next_id(), received_at=self.now)
        self.event_of[submission.article_id] = event
        self.published.append(submission)
        return submission

    def stream(self, count: int) -> Iterator[Submission]:
        """Yield reports, copies, revisions and things sent twice."""
        for _ in range(count):
            draw = self.rng.random()
            if not self.published or draw < 0.15:
                yield self.report(self.happen())
            elif draw < 0.6:
                yield self.report(self.rng.randrange(len(self.happenings)), self.rng.choice((15, 40, 120)))
            elif draw < 0.85:
                yield self.copy(self.rng.choice(self.published[-30:]))
            elif draw < 0.95:
                yield self.revision(self.rng.choice(self.published[-30:]))
            else:
                again = self.rng.choice(self.published)
                yield replace(again, article_id=self.next_id(), received_at=self.tick())

    def next_id(self) -> str:
        """Return an id that nobody has."""
        self.count += 1
        return ids.encode("art", self.count)

    def tick(self) -> datetime:
        """Let a little time pass."""
        self.now += timedelta(seconds=self.rng.choice((0, 20, 600, 7_000)))
        return self.now
