"""The index from its snapshot and what came since, or else from the whole log."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from dedupe.errors import StoreError
from dedupe.index import Index
from dedupe.replaying import follow, replayed_index
from dedupe.settings import EngineSettings
from dedupe.snapshot.container import Arrays, Unreadable, opened
from dedupe.snapshot.contents import index_of, made_for
from dedupe.store.protocol import IndexPlace, Store
from dedupe.store.records import LogPosition

_LOG: Final = logging.getLogger("storyfold.index")
_UNUSABLE: Final = (Unreadable, OSError, KeyError, TypeError, ValueError, StoreError)
_READ: Final = os.O_RDONLY | os.O_CLOEXEC
Answer = TypeVar("Answer")


def opened_index(store: Store, settings: EngineSettings) -> Index:
    """Return the index that follows from a store's log, by way of a snapshot where there is one that fits."""
    place = store.index_file
    index = None if place is None else _loaded(place, settings)
    if index is None:
        return replayed_index(store, settings)
    follow(index, store.replay(after=index.seq), settings)
    return index


def read_through(place: IndexPlace, settings: EngineSettings) -> int:
    """Read a snapshot to its end and return the event that it reaches.

    Raises `Unreadable` when a start would not use it, or OSError.
    """
    try:
        return _with_arrays(place.path, lambda arrays: _checked(arrays, place, settings))
    except (KeyError, TypeError, ValueError) as problem:
        raise problem if isinstance(problem, Unreadable) else Unreadable("its table is odd") from problem


def _loaded(place: IndexPlace, settings: EngineSettings) -> Index | None:
    try:
        return _with_arrays(place.path, lambda arrays: _fitting(arrays, place, settings))
    except FileNotFoundError:
        return None
    except _UNUSABLE as problem:
        told = str(problem) if isinstance(problem, (Unreadable, OSError)) else f"it is odd ({type(problem).__name__})"
    try:
        place.remove()  # it will not fit tomorrow either, and may hold what was erased since
    except StoreError as problem:
        told = f"{told}; {problem}"
    _LOG.warning("the snapshot %s is not used: %s; the whole log is replayed", place.path, told)
    return None


def reached(place: IndexPlace, settings: EngineSettings) -> int:
    """Return up to which event the log is in the snapshot that a start would read, 0 where there is none."""
    try:
        return _with_arrays(place.path, lambda arrays: _check_fit(arrays, place, settings))
    except (FileNotFoundError, *_UNUSABLE):
        return 0


def _with_arrays(path: Path, use: Callable[[Arrays], Answer]) -> Answer:
    descriptor = os.open(path, _READ)
    try:
        return use(opened(path, descriptor))
    finally:
        os.close(descriptor)


def _fitting(arrays: Arrays, place: IndexPlace, settings: EngineSettings) -> Index:
    reaches = _check_fit(arrays, place, settings)
    index = index_of(arrays, settings, place.path.parent)
    if index.seq != reaches:
        raise Unreadable("it ends at another event than it says")
    return index


def _checked(arrays: Arrays, place: IndexPlace, settings: EngineSettings) -> int:
    reaches = _check_fit(arrays, place, settings)
    arrays.check()
    return reaches


def _check_fit(arrays: Arrays, place: IndexPlace, settings: EngineSettings) -> int:
    """Return which event a snapshot reaches.

    Raises `Unreadable` unless it is of this log, and was made by this program with these settings.
    """
    made, wanted = arrays.table["made_for"], made_for(settings)
    other = [name for name in wanted if made.get(name) != wanted[name]]
    if other:
        raise Unreadable(f"it was made with another {', '.join(other)}")
    said = LogPosition(**arrays.table["log"])
    found = place.position(said.seq)
    if found is None:
        raise Unreadable(f"it reaches event {said.seq}, which the store does not have")
    if found != said:
        raise Unreadable(f"it is of another history of the store, up to event {said.seq}")
    if not place.leads_on(said.seq):
        raise Unreadable(f"texts were erased, or another generation was activated, since event {said.seq}")
    return said.seq
