"""A comparison, turned into two texts with their shared passages marked, and into sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from api.views.wording import counted, percent
from dedupe.comparison import Comparison, Side
from dedupe.wording import Field, Span

MOST_CHARACTERS: Final = 60_000
FURNITURE: Final = 24
"""What is compared nowhere and is longer than this many characters is page furniture; the rest is punctuation."""
SAME: Final = 0.9
COPIED: Final = 0.5
ALIKE: Final = 0.25
SOMEWHAT: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a text: ``shared`` (by the number of its passage), its ``own``, or ``aside`` of what is compared."""

    text: str
    kind: str
    passage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One side: title and text in parts, and what it has of its own, in words."""

    title: Sequence[Part]
    text: Sequence[Part]
    is_cut: bool
    told: str


def left_text(found: Comparison, title: str, text: str) -> Text:
    """Return the left text of a comparison."""
    spans = [(passage.left, number) for number, passage in enumerate(found.passages, 1)]
    return _text(spans, found.left, title, text)


def right_text(found: Comparison, title: str, text: str) -> Text:
    """Return the right text of a comparison."""
    spans = [(passage.right, number) for number, passage in enumerate(found.passages, 1)]
    return _text(spans, found.right, title, text)


def _text(spans: Sequence[tuple[Span, int]], side: Side, title: str, text: str) -> Text:
    parts = [(span, number) for span, number in spans] + [(span, None) for span in side.added]
    shared = side.shared_tokens / (side.tokens or 1)
    told = f"{percent(shared)} of its {counted(side.tokens, 'word')} are in the other text"
    if side.added_tokens:
        told += f"; {counted(side.added_tokens, 'word')} of its own"
    return Text(
        title=list(_parts(parts, "title", title)),
        text=list(_parts(parts, "text", text)),
        is_cut=len(text) > MOST_CHARACTERS,
        told=told + ".",
    )


def _parts(spans: Sequence[tuple[Span, int | None]], field: Field, text: str) -> Iterator[Part]:
    """Yield a text in parts, in order; of spans that overlap, the first counts."""
    at, end = 0, min(len(text), MOST_CHARACTERS)
    here = [(span.start, span.end, number) for span, number in spans if span.field == field]
    for start, stop, number in sorted(here, key=itemgetter(0, 1)):
        if start < at or start >= end:
            continue
        if start > at:
            yield _between(text[at:start])
        at = min(stop, end)
        yield Part(text=text[start:at], kind="own" if number is None else "shared", passage=number)
    if at < end:
        yield _between(text[at:end])


def _between(text: str) -> Part:
    return Part(text=text, kind="aside" if len(text.strip()) > FURNITURE else "own")


def verdict(found: Comparison) -> str:
    """Return in plain words how far two texts are the same."""
    if min(found.left.tokens, found.right.tokens) == 0:
        return "One of the two has no words to compare."
    kept = [side.shared_tokens / side.tokens for side in (found.left, found.right)]
    if min(kept) >= SAME:
        return "The same text, all but word for word."
    if max(kept) >= SAME:
        shorter = "left" if kept[0] > kept[1] else "right"
        return f"The {shorter} text is nearly all contained in the other, which says more."
    if max(kept) >= COPIED:
        return "Largely the same text: one was made from the other, or both from a third."
    return _in_other_words(found)


def _in_other_words(found: Comparison) -> str:
    if found.similarity >= ALIKE:
        return "Told in other words, with much the same names and terms: reports of one event, or of close ones."
    if found.similarity >= SOMEWHAT:
        return "Different texts that share some of their telling words: related, perhaps not the same event."
    return "Hardly anything in common."


def figures(found: Comparison) -> list[tuple[str, str]]:
    """Return the figures of a comparison, each with what it says."""
    passages = len(found.passages) + found.passages_left_out
    return [
        ("Passages in both", f"{passages:,}"),
        ("Telling words alike", percent(found.similarity)),
        ("Of all five-word passages, in both", percent(found.jaccard)),
        ("Of the shorter text's, in the other", percent(found.containment)),
    ]
