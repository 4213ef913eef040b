"""The walk through an index, by its layout: to take its arrays and figures out, and to put them into a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol, runtime_checkable

from numpy.typing import NDArray

from dedupe.index import Index
from dedupe.snapshot.layout import NUMBER, PART, PARTS, IncompleteLayout, Omitted, Rows, Tally, Way

Array = NDArray[Any]
Figures = dict[str, Any]
"""Numbers, and dictionaries of numbers, by where they stand in the index."""


class Block(NamedTuple):
    """One array of the index, by where it stands in it, and how many of its rows are in use."""

    path: str
    array: Array
    rows: int
    way: Rows


@runtime_checkable
class Rebuilt(Protocol):
    """A part that makes again what follows from the rest of it."""

    def rebuild(self) -> None:
        """Make it."""


def blocks_of(index: Index) -> Iterator[Block]:
    """Yield the arrays of an index; raise `IncompleteLayout`."""
    for path, owner, value, way in _leaves(index):
        if isinstance(way, Rows):
            yield Block(path, value, way.count(owner, index), way)


def figures_of(index: Index) -> Figures:
    """Return the figures of an index, as they are now; raise `IncompleteLayout`."""
    figures: Figures = {}
    for path, _, value, way in _leaves(index):
        if way == NUMBER:
            figures[path] = value
        elif isinstance(way, Tally):
            figures[path] = dict(value)
    return figures


def put_in(index: Index, figures: Mapping[str, Any], array_of: Callable[[Block], Array]) -> None:
    """Give a new index the figures and arrays of another, then have its parts make what follows from them.

    ``array_of`` returns the array for a block of the new index. Raises KeyError where a figure is missing.
    """
    with ThreadPoolExecutor(1) as rebuilding:  # while the arrays of the next part are read
        rebuilt = []
        for path, part in reversed(list(_parts("", index))):  # a part comes after those in it
            for name, way in PARTS[type(part)].items():
                if way != PART and not isinstance(way, Omitted):
                    at = f"{path}{name}"
                    setattr(part, name, _made(at, getattr(part, name), way, figures, array_of))
            if isinstance(part, Rebuilt):
                rebuilt.append(rebuilding.submit(part.rebuild))
        for done in rebuilt:
            done.result()


def _made(path: str, value: Any, way: Way, figures: Mapping[str, Any], array_of: Callable[[Block], Array]) -> Any:
    if isinstance(way, Rows):
        return array_of(Block(path, value, 0, way))
    if isinstance(way, Tally):
        return {way.key(key): number for key, number in figures[path].items()}
    if isinstance(way, Mapping):
        kept = {name: inner for name, inner in way.items() if not isinstance(inner, Omitted)}
        made = {
            name: _made(f"{path}.{name}", getattr(value, name), inner, figures, array_of)
            for name, inner in kept.items()
        }
        return value._replace(**made)
    return figures[path]


def _parts(path: str, part: Any) -> Iterator[tuple[str, Any]]:
    """Yield a part and those in it, each with what the paths of its attributes begin with."""
    layout = _layout_of(part, vars(part), PARTS.get(type(part)))
    yield path, part
    for name, way in layout.items():
        if way == PART:
            yield from _parts(f"{path}{name}.", getattr(part, name))


def _leaves(index: Index) -> Iterator[tuple[str, Any, Any, Way]]:
    for path, part in _parts("", index):
        for name, way in PARTS[type(part)].items():
            if way != PART:
                yield from _inside(f"{path}{name}", part, getattr(part, name), way)


def _inside(path: str, owner: Any, value: Any, way: Way) -> Iterator[tuple[str, Any, Any, Way]]:
    if not isinstance(way, Mapping):
        yield path, owner, value, way
        return
    for name, inner in _layout_of(value, value._fields, way).items():
        yield from _inside(f"{path}.{name}", owner, getattr(value, name), inner)


def _layout_of(thing: object, names: Any, layout: Mapping[str, Way] | None) -> Mapping[str, Way]:
    if layout is None or layout.keys() != set(names):
        other = set(names) ^ (layout or {}).keys()
        raise IncompleteLayout(f"{type(thing).__name__}: say in dedupe.snapshot.layout how to keep {sorted(other)}")
    return layout
