"""The snapshot of an index that goes on changing, written anew."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from dedupe.index import Index
from dedupe.settings import EngineSettings
from dedupe.snapshot.container import write
from dedupe.snapshot.contents import table_of
from dedupe.snapshot.cutting import Cut, cut, room_for
from dedupe.snapshot.loading import reached
from dedupe.snapshot.scrubbing import scrubbed
from dedupe.store.protocol import IndexPlace, Store


class Abandoned(Exception):
    """A snapshot was not finished, and why: what was there before is there still, unless a text was erased."""


class Source(Protocol):
    """What keeps an index in step with a store: the engine."""

    @property
    def store(self) -> Store:
        """The store that the index follows from."""
        ...

    @property
    def settings(self) -> EngineSettings:
        """The settings of the index."""
        ...

    def held(self) -> AbstractContextManager[Index]:
        """Give the index, which nobody changes meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot that was written: up to which event the log is in it, and how large it is."""

    seq: int
    size_bytes: int


WORTHWHILE: Final = 2_000
"""So many events are replayed in about two seconds."""
_SPARE_BYTES: Final = 1 << 30


def keep_if_due(source: Source, is_stopped: Callable[[], bool], events: int = WORTHWHILE) -> Kept | None:
    """Write a snapshot when a start would replay ``events`` or more; raise as `keep`, and return what it does."""
    place = source.store.index_file
    if place is None or source.store.last_seq() - reached(place, source.settings) < events:
        return None
    return keep(source, is_stopped)


def keep(source: Source, is_stopped: Callable[[], bool]) -> Kept | None:
    """Write a snapshot of an index, while it goes on; None where there is no place for one, or nothing to keep.

    The index is held twice: while what changes is copied, and while a file is renamed. Raises `Abandoned`,
    `StoreError` or OSError.
    """
    place = source.store.index_file
    if place is None:
        return None
    taken, erasures, settings = _taken(source, place)
    position = place.position(taken.seq)
    if position is None:
        return None

    def check() -> None:
        if is_stopped():
            raise Abandoned("there is no time left for it")
        if place.erasures != erasures:
            raise Abandoned("a text was erased meanwhile")

    _check_room(place, sum(block.rows * block.array[:1].nbytes for block in taken.blocks))
    with place.writing() as file:
        write(file, table_of(taken, position, settings), scrubbed(taken.blocks), check)
        size = file.tell()
        with source.held() as index:
            if index is not taken.source:
                raise Abandoned("another index took over meanwhile")
            if not place.publish(erasures):
                raise Abandoned("a text was erased meanwhile")
        place.settle()
    return Kept(taken.seq, size)


def _check_room(place: IndexPlace, size_bytes: int) -> None:
    """Raise OSError when what is left of the disk is rather needed for articles."""
    free = shutil.disk_usage(place.path.parent).free
    if free < size_bytes + _SPARE_BYTES:
        raise OSError(
            errno.ENOSPC, f"{free / 1e9:.1f} GB are free, and it takes {size_bytes / 1e9:.1f}", str(place.path)
        )


def _taken(source: Source, place: IndexPlace) -> tuple[Cut, int, EngineSettings]:
    with source.held() as index:
        present = index
    room = room_for(present)
    with source.held() as index:
        return cut(index, room), place.erasures, source.settings
