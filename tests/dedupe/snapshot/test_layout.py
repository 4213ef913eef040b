"""Nothing that the index consists of can be forgotten: an attribute without a line in the layout is refused."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from dedupe.clusters.space import TextColumns
from dedupe.engine import Engine
from dedupe.index import Index
from dedupe.settings import EngineSettings
from dedupe.snapshot import walking
from dedupe.snapshot.layout import PARTS, IncompleteLayout, Omitted, Rows
from dedupe.snapshot.walking import blocks_of, figures_of, put_in
from dedupe.store.memory import MemoryStore
from tests.dedupe.newsroom import Newsroom

PATHS = [path for path, _ in walking._parts("", Index(EngineSettings()))]


@pytest.fixture
def index() -> Index:
    engine = Engine(MemoryStore())
    for submission in Newsroom(1).stream(40):
        engine.add(submission)
    with engine.held() as held:
        return held


def parts(index: Index) -> list[Any]:
    return [part for _, part in walking._parts("", index)]


def test_every_array_is_found(index: Index) -> None:
    """All arrays that can be reached from the index are kept, or said to be left out, for a reason."""
    known = {id(block.array) for block in blocks_of(index)}
    omitted = {
        id(array)
        for _, _, value, way in walking._leaves(index)
        if isinstance(way, Omitted)
        for array in arrays_in(value)
    }
    found = {id(array) for part in parts(index) for value in vars(part).values() for array in arrays_in(value)}
    assert found == known | omitted


def arrays_in(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, (tuple, list)):
        return [array for one in value for array in arrays_in(one)]
    return []


@pytest.mark.parametrize("path", PATHS)
def test_a_new_attribute_needs_its_line(index: Index, path: str) -> None:
    (part,) = (part for at, part in walking._parts("", index) if at == path)
    part._tally_of_tomorrow = np.zeros(1)
    for walk in (
        lambda: list(blocks_of(index)),
        lambda: figures_of(index),
        lambda: put_in(index, {}, lambda b: b.array),
    ):
        with pytest.raises(IncompleteLayout, match=rf"{type(part).__name__}: .*_tally_of_tomorrow"):
            walk()


def test_a_new_column_needs_its_line(index: Index) -> None:
    class Wider(NamedTuple):
        terms: Any
        weights: Any
        title_terms: Any
        title_weights: Any
        shingles: Any
        numbers: Any
        ends: Any
        moods: Any

    space = index.clusters.space
    index.clusters.space = space._replace(texts=Wider(*space.texts, np.zeros(3)))  # type: ignore[arg-type]  meant
    with pytest.raises(IncompleteLayout, match="moods"):
        list(blocks_of(index))


def test_a_part_without_a_layout_is_refused(index: Index) -> None:
    class Other(type(index.groups)):  # type: ignore[misc]  its base is a value
        pass

    index.groups = Other()
    with pytest.raises(IncompleteLayout, match="Other"):
        list(blocks_of(index))


def test_texts_are_named_as_the_columns_are() -> None:
    texts = PARTS[type(Index(EngineSettings()).clusters)]["space"]["texts"]  # type: ignore[index]  a mapping
    assert tuple(texts) == TextColumns._fields
    assert [way.change for way in texts.values() if isinstance(way, Rows)] == [False] * 6 + [True]
