"""The engine without one of its parts: by a setting, another model, other articles, or a patch while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Final
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import dedupe.reading
from dedupe.cli.cluster import Line
from dedupe.clusters.decision import JoinModel
from dedupe.clusters.features import FEATURES
from dedupe.clusters.similarity import shared_count, shingles_of
from dedupe.counting import USUAL_RATE, Counts
from dedupe.duplicates.containment import Copy
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.settings import EngineSettings
from dedupe.text.page import Page
from dedupe.text.scanning import Scanned

NEVER: Final = 2.0
"""A probability that nothing reaches."""
JACCARD: Final = 0.7
COSINE: Final = next(name for name in ("centroid", "mean") if name in FEATURES)


class Noting:
    """A model that remembers what features are on average, for those that are to be blind to one."""

    def __init__(self, model: JoinModel) -> None:
        self.model = model
        self._sums = np.zeros(len(FEATURES))
        self._rows = 0

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the model has."""
        return getattr(self.model, name)

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decide as the model does."""
        self._sums += features.sum(axis=0)
        self._rows += len(features)
        return self.model.probabilities(features)

    @property
    def averages(self) -> NDArray[np.float64]:
        """Return the mean of each feature."""
        means: NDArray[np.float64] = self._sums / max(self._rows, 1)
        return means


class Blind:
    """A model that sees the average of some features in place of what they are."""

    def __init__(self, noting: Noting, columns: Sequence[int]) -> None:
        self._model = noting.model
        self._columns = list(columns)
        self._averages = noting.averages[self._columns]

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the model has."""
        return getattr(self._model, name)

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decide without the features."""
        unseen = features.copy()
        unseen[:, self._columns] = self._averages
        return self._model.probabilities(unseen)


class Cosine:
    """No learned decision: the cosine with the sum of a cluster's members, from a threshold on. Nothing merges."""

    version = 0
    merge_threshold = NEVER

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the cosine."""
        cosine: NDArray[np.float64] = features[:, FEATURES.index(COSINE)]
        return cosine


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The engine without a part. ``name`` is for the command line, ``title`` for the table."""

    name: str
    title: str
    settings: EngineSettings = field(default_factory=EngineSettings)
    model: Callable[[Noting], Any] = lambda noting: noting.model
    change: Callable[[Line], Line] = lambda line: line
    patch: Callable[[], AbstractContextManager[Any]] = nullcontext
    features: tuple[str, ...] = ()

    def applies(self) -> bool:
        """Return whether the features that it is about are there."""
        return not self.features or bool(columns_of(self.features))


def columns_of(words: Sequence[str]) -> list[int]:
    """Return the places of the features whose names hold one of some words."""
    return [at for at, name in enumerate(FEATURES) if any(word in name for word in words)]


def blind(name: str, title: str, *words: str) -> Variant:
    """Return the engine that does not see the features whose names hold one of some words."""
    return Variant(name=name, title=title, model=lambda noting: Blind(noting, columns_of(words)), features=words)


def cosine(threshold: float) -> Variant:
    """Return the engine with a plain threshold in place of what was learned."""
    return Variant(
        name=f"cosine {threshold}",
        title=f"no learned decision: cosine ≥ {threshold}",
        model=lambda _: Cosine(threshold),
        features=(COSINE,),
    )


def _without_date(line: Line) -> Line:
    return line if line.article is None else replace(line, article=replace(line.article, published_at=None))


def _without_title(line: Line) -> Line:
    """Put the title where the text begins."""
    if line.article is None or not line.article.title:
        return line
    text = f"{line.article.title}\n\n{line.article.text}".strip()
    return replace(line, article=replace(line.article, title="", text=text))


def _whole_page() -> AbstractContextManager[Any]:
    pages_of = dedupe.reading.pages_of

    def whole_pages_of(scanned: Scanned, titles: Sequence[str], texts: Sequence[str]) -> list[Page]:
        pages = pages_of(scanned, titles, texts)
        scanned.kept[:] = True  # what pages keep are views of it
        return pages

    return patch.object(dedupe.reading, "pages_of", whole_pages_of)


def _by_jaccard() -> AbstractContextManager[Any]:
    among = Index.copy_among

    def similar(index: Index, reading: Reading, slots: NDArray[np.int32]) -> Copy | None:
        ours = reading.evidence.shingles
        theirs = [shingles_of(slot, index.clusters.space) for slot in slots]
        shared = np.array([shared_count(ours, other) for other in theirs], dtype=np.float64)
        united = np.array([len(ours) + len(other) for other in theirs], dtype=np.float64) - shared
        # What else is asked of a copy is asked of these as well.
        return among(index, reading, slots[shared >= JACCARD * np.maximum(united, 1.0)])

    return patch.object(Index, "copy_among", similar)


def _without_templates() -> AbstractContextManager[Any]:
    among = Index.copy_among

    def numberless(index: Index, reading: Reading, slots: NDArray[np.int32]) -> Copy | None:
        # A template is told by its source and by changed numbers: neither is to be seen.
        evidence = reading.evidence._replace(numbered=np.zeros_like(reading.evidence.numbered))
        return among(index, reading._replace(source_number=None, evidence=evidence), slots)

    return patch.object(Index, "copy_among", numberless)


FULL: Final = Variant(name="full", title="as shipped", model=lambda noting: noting)
VARIANTS: Final = (
    Variant(name="no prior", title="no prior", settings=EngineSettings(prior=False)),
    Variant(name="no dates", title="no dates: nothing knows when it was published", change=_without_date),
    blind("no time features", "decision blind to time", "oldest", "newest", "gap", "dated"),
    Variant(
        name="no merging",
        title="clusters never merge",
        model=lambda noting: replace(noting.model, merge_threshold=NEVER),
    ),
    Variant(
        name="no splitting",
        title="clusters never split",
        patch=lambda: patch("dedupe.clusters.maintenance.LOOKS", frozenset()),
    ),
    Variant(name="no titles", title="titles read as text", change=_without_title),
    blind("no title features", "decision blind to titles", "title"),
    blind("no surroundings", "decision blind to what else is similar", "background", "prominence"),
    Variant(
        name="no base rate",
        title="base rate taken to be the usual one",
        patch=lambda: patch.object(Counts, "base_rate", lambda _counts, _language: USUAL_RATE),
    ),
    blind("no evidence", "decision blind to rare and many shared terms", "breadth", "rare"),
    blind("no passages", "decision blind to shared passages", "unshared"),
    blind("no size", "decision blind to size", "size"),
    blind("no brevity", "brief texts judged as long ones", "brief", "length"),
    Variant(
        name="no source furniture",
        title="furniture of a source kept",
        patch=lambda: patch.object(Counts, "furniture", lambda _counts, _reading: ()),
    ),
    Variant(name="no page furniture", title="furniture of a page kept", patch=_whole_page),
    Variant(
        name="no copies",
        title="copies not looked for",
        patch=lambda: patch.object(Index, "copy_among", lambda _index, _reading, _slots: None),
    ),
    Variant(name="jaccard", title=f"copies by Jaccard ≥ {JACCARD}, not coverage", patch=_by_jaccard),
    Variant(name="no templates", title="templates taken for copies", patch=_without_templates),
    cosine(0.2),
    cosine(0.3),
    cosine(0.4),
)
