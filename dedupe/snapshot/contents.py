"""What stands in a snapshot beside its arrays: what it must fit, figures, editors' decisions, embargoes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dedupe.clusters.prior import shipped_priors
from dedupe.columns import zeros_like
from dedupe.constraints import Constraint
from dedupe.events import Event, EventKind
from dedupe.index import Index
from dedupe.kernel import sources_digest
from dedupe.settings import EngineSettings
from dedupe.snapshot.container import Arrays, Unreadable
from dedupe.snapshot.cutting import Cut
from dedupe.snapshot.walking import Array, Block, blocks_of, put_in
from dedupe.stems import STEMMERS
from dedupe.store.records import LogPosition

FORMAT: Final = 2
_MORE_ROOM: Final = 1_024


def table_of(cut: Cut, position: LogPosition, settings: EngineSettings) -> dict[str, Any]:
    """Return what to write beside the arrays of a cut."""
    return {
        "made_for": made_for(settings),
        "log": position._asdict(),
        "figures": {path: _as_json(value) for path, value in cut.figures.items()},
        "constraints": [
            {"undone_by": constraint.undone_by, "event": asdict(constraint.event)} for constraint in cut.constraints
        ],
        "embargoed": list(cut.embargoed),
    }


def made_for(settings: EngineSettings) -> dict[str, Any]:
    """Return what the meaning of the arrays depends on: of all of it there must be the same when they are read."""
    return {
        "format": FORMAT,
        "code": sources_digest(),
        "settings": settings.values(),
        "signature": settings.signature_identity(),
        "stems": STEMMERS,
        "priors": dict(shipped_priors().checksums) if settings.prior else {},
    }


def index_of(arrays: Arrays, settings: EngineSettings, folder: Path) -> Index:
    """Build the index that a snapshot holds; raise `Unreadable`, or another ValueError, KeyError or TypeError."""
    table = arrays.table
    index = Index(settings, folder)
    if {block.path for block in blocks_of(index)} != arrays.paths:
        raise Unreadable("it holds other arrays than the index has")
    put_in(index, table["figures"], lambda block: _filled(arrays, block, folder if block.way.on_disk else None))
    _check_lengths(index, arrays)
    index.constraints.restore(map(_constraint_of, table["constraints"]))
    index.embargoes.restore(table["embargoed"])
    return index


def _filled(arrays: Arrays, block: Block, folder: Path | None) -> Array:
    rows = arrays.shape(block.path, block.array)
    room = rows if block.way.exact else rows + _MORE_ROOM
    array = zeros_like(block.array, room, folder).view(type(block.array))
    if block.way.fill:
        array[rows:] = block.way.fill
    arrays.read(block.path, array[:rows])
    return array


def _check_lengths(index: Index, arrays: Arrays) -> None:
    for block in blocks_of(index):
        if arrays.shape(block.path, block.array) != block.rows:
            raise Unreadable(f"its {block.path} has not as many rows as it says")


def _constraint_of(row: Mapping[str, Any]) -> Constraint:
    said = row["event"]
    event = Event(**said | {"at": datetime.fromisoformat(said["at"]), "kind": EventKind(said["kind"])})
    return Constraint(event=event, undone_by=row["undone_by"])


def _as_json(value: Any) -> Any:
    return {str(key): number for key, number in value.items()} if isinstance(value, dict) else value
