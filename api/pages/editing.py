"""Editors' decisions: each is asked for, shown with what it will change, and carried out when that is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api.access import needs
from api.decisions import CorrectionIn
from api.pages.cluster import all_members
from api.pages.forms import Form, read_form
from api.pages.visit import PageRoute, Visit, VisitDep
from api.problems import Problem, problem_of, problem_of_body
from api.routes.corrections import Desk
from api.views.steps import Step, merge_step, move_step, pair_step, pin_step, split_step, undo_step
from api.visibility import may_see_embargoed
from dedupe.access import Scope
from dedupe.constraints import Rule
from dedupe.corrections import MAX_SPLIT, Constrain, Correction, Merge, Move, Split, Undo
from dedupe.errors import DedupeError, InvalidCorrection
from dedupe.events import EventKind
from dedupe.store.queries import ClusterFilter, ClusterSort

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Kind = TypeVar("Kind")
FOUND: Final = 20
ACTOR: Final = "storyfold_actor"
_A_YEAR: Final = 31_536_000
_SEQ_DIGITS: Final = 18


@router.get("/decide/{what}", openapi_extra=needs(Scope.EDIT))
def decide_page(what: str, visit: VisitDep) -> Response:
    """Show what a decision will change, or ask for the other cluster first."""
    query = visit.request.query_params
    form = Form({name: query.getlist(name) for name in query})
    if (what == "merge" and not form.one("other")) or (what == "move" and not form.one("to")):
        return _choose(what, visit, form)
    return _ask(what, visit, form)


@router.post("/decide/{what}", openapi_extra=needs(Scope.EDIT))
async def decide(what: str, visit: VisitDep) -> Response:
    """Carry out what was confirmed; where that is refused, say why and ask again."""
    form = await read_form(visit)
    editor = Desk(visit.service.writer, visit.catalogue, may_see_embargoed(visit.request))
    try:
        said = CorrectionIn(actor=form.one("actor"), note=form.one("note") or None)
        event = await editor.decide(_correction(what, form, editor.by(said)))
    except ValidationError as error:
        refused = problem_of_body(error, InvalidCorrection.code)
    except DedupeError as error:
        refused = problem_of(error)
    else:
        shown = event.from_cluster_id if event.kind is EventKind.UNDONE else None
        answer = RedirectResponse(f"/clusters/{shown or event.cluster_id}?done={event.seq}", 303)
        answer.set_cookie(ACTOR, said.actor.encode().hex(), max_age=_A_YEAR, httponly=True, samesite="lax")
        return answer
    return await run_in_threadpool(_ask, what, visit, form, refused)


def _ask(what: str, visit: Visit, form: Form, refused: Problem | None = None) -> Response:
    step = _known(_STEPS, what)(visit, form)
    standing = refused.extension.get("standing") if refused else None
    return visit.show(
        "decide",
        refused.status if refused else 200,
        what=what,
        step=step,
        refused=refused,
        standing=standing,
        actor=form.one("actor") or _actor(visit),
        note=form.one("note"),
    )


def _choose(what: str, visit: Visit, form: Form) -> Response:
    """Ask for the other cluster: those with the words that this one is about, or with those that are typed."""
    here, article = form.one("cluster"), form.one("article")
    if what == "move":
        here = visit.catalogue.article(article).assignment.cluster_id
    row = visit.catalogue.cluster(here)
    words = form.one("q") or next(iter(row.top_terms), "")
    which = ClusterFilter(q=words[:200] or None, language=row.language or None)
    found = visit.catalogue.clusters(which, ClusterSort.UPDATED, FOUND + 1, None).rows
    return visit.show(
        "choose",
        what=what,
        cluster=row,
        article=article,
        words=words,
        found=[other for other in found if other.cluster_id != row.cluster_id][:FOUND],
    )


def _actor(visit: Visit) -> str:
    """Return who decided last with this browser, or whose key it is."""
    try:
        known = bytes.fromhex(visit.request.cookies.get(ACTOR, "")).decode()
    except ValueError:
        known = ""
    return known or (visit.holder.name if visit.holder else "")


def _merge(visit: Visit, form: Form) -> Step:
    return merge_step(visit.catalogue.cluster(form.one("cluster")), visit.catalogue.cluster(form.one("other")))


def _split(visit: Visit, form: Form) -> Step:
    chosen = form.all("article")
    if not chosen:
        raise Problem(422, "invalid_correction", "choose the articles of one side first, on the page of the cluster")
    cluster = visit.catalogue.cluster(form.one("cluster"))
    members = list(islice(all_members(visit, cluster.cluster_id), MAX_SPLIT))
    return split_step(cluster, members, chosen)


def _move(visit: Visit, form: Form) -> Step:
    article = visit.catalogue.article(form.one("article"))
    to = None if form.one("to") == "new" else visit.catalogue.cluster(form.one("to"))
    return move_step(article, visit.catalogue.cluster(article.assignment.cluster_id), to)


def _pin(visit: Visit, form: Form) -> Step:
    article = visit.catalogue.article(form.one("article"))
    return pin_step(article, visit.catalogue.cluster(article.assignment.cluster_id))


def _pair(rule: Rule) -> Callable[[Visit, Form], Step]:
    def step(visit: Visit, form: Form) -> Step:
        return pair_step(rule, visit.catalogue.article(form.one("left")), visit.catalogue.article(form.one("right")))

    return step


def _undo(visit: Visit, form: Form) -> Step:
    return undo_step(visit.catalogue.constraint(_seq(form)))


def _seq(form: Form) -> int:
    given = form.one("seq")
    if not (given.isascii() and given.isdigit() and len(given) <= _SEQ_DIGITS):
        raise Problem(422, "invalid_request", "seq: is not the number of a decision")
    return int(given)


_STEPS: Final[Mapping[str, Callable[[Visit, Form], Step]]] = {
    "merge": _merge,
    "split": _split,
    "move": _move,
    "pin": _pin,
    "together": _pair(Rule.MUST_LINK),
    "apart": _pair(Rule.CANNOT_LINK),
    "undo": _undo,
}
_CORRECTIONS: Final[Mapping[str, Callable[[Form, dict[str, Any]], Correction]]] = {
    "merge": lambda form, by: Merge(cluster_id=form.one("cluster"), other_id=form.one("other"), **by),
    "split": lambda form, by: Split(cluster_id=form.one("cluster"), article_ids=form.all("article"), **by),
    "move": lambda form, by: Move(
        article_id=form.one("article"), cluster_id=None if form.one("to") == "new" else form.one("to"), **by
    ),
    "pin": lambda form, by: Constrain(rule=Rule.PIN, article_ids=(form.one("article"),), **by),
    "together": lambda form, by: Constrain(
        rule=Rule.MUST_LINK, article_ids=(form.one("left"), form.one("right")), **by
    ),
    "apart": lambda form, by: Constrain(rule=Rule.CANNOT_LINK, article_ids=(form.one("left"), form.one("right")), **by),
    "undo": lambda form, by: Undo(seq=_seq(form), **by),
}


def _correction(what: str, form: Form, by: dict[str, Any]) -> Correction:
    return _known(_CORRECTIONS, what)(form, by)


def _known(table: Mapping[str, Kind], what: str) -> Kind:
    if what not in table:
        raise Problem(404, "not_found", f"there is no decision {what!r}; choose one of {', '.join(table)}")
    return table[what]
