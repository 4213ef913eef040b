"""Editors' decisions: each is carried out, binds from then on, and can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import examples
from api.access import needs
from api.answers import json_answer, next_page
from api.bodies import read_correction
from api.conditional import LogRoute
from api.decisions import (
    Actor,
    ConstraintIn,
    ConstraintOut,
    ConstraintPage,
    CorrectionIn,
    DecisionOut,
    MergeIn,
    MoveIn,
    Note,
    SplitIn,
)
from api.deps import ServiceDep
from api.openapi import CONTRADICTION, NOT_MODIFIED, PROBLEMS, answers, body_of
from api.rendering import constraint_json, decision_json
from api.visibility import CatalogueDep, may_see_embargoed
from api.writer import Writer
from dedupe.access import Scope
from dedupe.corrections import Constrain, Correction, Merge, Move, Release, Split, Undo
from dedupe.events import Event
from dedupe.store.protocol import Catalogue

router = APIRouter(prefix="/v1", tags=["corrections"], route_class=LogRoute)

Seq = Annotated[int, Path(ge=0, le=2**62, description="The number of the decision.")]
_REFUSED: Final = CONTRADICTION | PROBLEMS


@dataclass(frozen=True, slots=True)
class Desk:
    """An editor at work: by whom a decision is, and what the editor is told of it."""

    writer: Writer
    catalogue: Catalogue
    sees_embargoed: bool

    def now(self) -> dict[str, Any]:
        """Return what the service knows of a decision that is taken now."""
        return {"at": datetime.now(UTC), "sees_embargoed": self.sees_embargoed}

    def by(self, said: CorrectionIn) -> dict[str, Any]:
        """Return what every decision says that is taken now."""
        return {"actor": said.actor, "note": said.note, **self.now()}

    async def decide(self, correction: Correction) -> Event:
        """Carry a decision out, and return its event as the editor may see it."""
        event = await self.writer.submit(correction)
        assert isinstance(event, Event)  # noqa: S101  a decision is answered by its event
        return await run_in_threadpool(self.catalogue.event, event.seq)


async def _desk(request: Request, service: ServiceDep, catalogue: CatalogueDep) -> Desk:
    return Desk(service.writer, catalogue, may_see_embargoed(request))


DeskDep = Annotated[Desk, Depends(_desk)]


@router.put(
    "/articles/{article_id}/cluster",
    summary="Move an article",
    response_model=DecisionOut,
    responses=answers(examples.MOVED) | _REFUSED,
    openapi_extra=body_of(MoveIn, examples.MOVE) | needs(Scope.EDIT),
)
async def put_cluster(article_id: str, request: Request, desk: DeskDep) -> Response:
    """Put an article, with its copies, into a cluster or one of its own, and keep it there."""
    said = await read_correction(request, MoveIn)
    return _told(await desk.decide(Move(article_id=article_id, cluster_id=said.cluster_id, **desk.by(said))))


@router.delete(
    "/articles/{article_id}/cluster",
    summary="Take a move back",
    response_model=DecisionOut,
    responses=answers(examples.UNDONE) | _REFUSED,
    openapi_extra=needs(Scope.EDIT),
)
async def delete_cluster(
    article_id: str,
    desk: DeskDep,
    actor: Annotated[Actor, Query(description="Who decides.")],
    note: Annotated[Note | None, Query(description="Why.")] = None,
) -> Response:
    """Take back the newest move of an article: it returns to where it was."""
    release = Release(article_id=article_id, actor=actor, note=note, **desk.now())
    return _told(await desk.decide(release))


@router.post(
    "/clusters/{cluster_id}/merge",
    summary="Merge two clusters",
    response_model=DecisionOut,
    responses=answers(examples.MERGED) | _REFUSED,
    openapi_extra=body_of(MergeIn, examples.MERGE) | needs(Scope.EDIT),
)
async def post_merge(cluster_id: str, request: Request, desk: DeskDep) -> Response:
    """Make one cluster of two; the older id survives, the other answers 308 from now on."""
    said = await read_correction(request, MergeIn)
    return _told(await desk.decide(Merge(cluster_id=cluster_id, other_id=said.cluster_id, **desk.by(said))))


@router.post(
    "/clusters/{cluster_id}/split",
    summary="Split a cluster",
    response_model=DecisionOut,
    responses=answers(examples.SPLIT) | _REFUSED,
    openapi_extra=body_of(SplitIn, examples.SPLITTING) | needs(Scope.EDIT),
)
async def post_split(cluster_id: str, request: Request, desk: DeskDep) -> Response:
    """Make two clusters of one; the larger side keeps the id, the other one gets a new one."""
    said = await read_correction(request, SplitIn)
    split = Split(cluster_id=cluster_id, article_ids=tuple(said.article_ids), **desk.by(said))
    return _told(await desk.decide(split))


@router.post(
    "/constraints",
    summary="Pin an article, link two, or keep two apart",
    status_code=201,
    response_model=DecisionOut,
    responses=answers(examples.CONSTRAINED, 201) | _REFUSED,
    openapi_extra=body_of(ConstraintIn, examples.CONSTRAINING) | needs(Scope.EDIT),
)
async def post_constraint(request: Request, desk: DeskDep) -> Response:
    """Say what holds from now on; of two articles the second moves, if one must."""
    said = await read_correction(request, ConstraintIn)
    constrain = Constrain(rule=said.rule, article_ids=tuple(said.article_ids), **desk.by(said))
    event = await desk.decide(constrain)
    return _told(event, 201, {"Location": f"/v1/constraints/{event.seq}"})


@router.post(
    "/constraints/{seq}/undo",
    summary="Undo a decision",
    response_model=DecisionOut,
    responses=answers(examples.UNDONE) | _REFUSED,
    openapi_extra=body_of(CorrectionIn, examples.UNDO) | needs(Scope.EDIT),
)
async def post_undo(seq: Seq, request: Request, desk: DeskDep) -> Response:
    """Take back a decision of any kind, by its number, and put back what it moved, as far as it is still there."""
    said = await read_correction(request, CorrectionIn)
    return _told(await desk.decide(Undo(seq=seq, **desk.by(said))))


@router.get(
    "/constraints",
    summary="List decisions",
    response_model=ConstraintPage,
    responses=answers(examples.CONSTRAINTS) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def list_constraints(
    request: Request,
    catalogue: CatalogueDep,
    *,
    in_force: Annotated[bool, Query(description="Leave out those that were undone.")] = True,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> Response:
    """Answer with a page of editors' decisions, oldest first."""
    page = catalogue.constraints(limit, cursor, in_force=in_force)
    content = {"constraints": [constraint_json(row) for row in page.rows], "next_cursor": page.next_cursor}
    return json_answer(content, headers=next_page(request, page.next_cursor))


@router.get(
    "/constraints/{seq}",
    summary="Look at a decision",
    response_model=ConstraintOut,
    responses=answers(examples.CONSTRAINT) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_constraint(seq: Seq, catalogue: CatalogueDep) -> Response:
    """Answer with one editor's decision, in force or not."""
    return json_answer(constraint_json(catalogue.constraint(seq)))


def _told(event: Event, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return json_answer(decision_json(event), status, headers)
