"""Subscriptions to what happens to clusters, and what could not be delivered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, cast

import httpx
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import examples
from api.access import needs
from api.answers import json_answer
from api.conditional import TaggedRoute, unless_same
from api.deps import ServiceDep
from api.openapi import JSON, NOT_MODIFIED, PROBLEMS, answers, shown
from api.problems import Problem
from api.schemas_webhooks import DeadLettersOut, RedeliveryOut, WebhookIn, WebhookMade, WebhookOut, WebhooksOut
from api.webhooks.dispatch import Dispatcher
from api.webhooks.sending import ForbiddenAddress, addresses_of
from api.webhooks.signing import new_secret
from dedupe.access import Scope
from dedupe.store.subscriptions import DeadLetter, Subscription
from dedupe.store.times import microseconds, moment

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=TaggedRoute)

MOST_WEBHOOKS = 100


async def _dispatcher(request: Request) -> Dispatcher:
    return cast("Dispatcher", request.app.state.dispatcher)


DispatcherDep = Annotated[Dispatcher, Depends(_dispatcher)]


def webhook_json(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as JSON values, without its secret."""
    return {
        "webhook_id": subscription.id,
        "url": subscription.url,
        "kinds": subscription.kinds,
        "grew_past": subscription.grew_past,
        "created_at": moment(subscription.created_at),
        "position": subscription.position,
        "attempts": subscription.attempts,
    }


def letter_json(letter: DeadLetter) -> dict[str, Any]:
    """Return a dead letter as JSON values."""
    fields = ("seq", "kind", "cluster_id", "attempts", "reason", "is_due")
    return {field: getattr(letter, field) for field in fields} | {"at": moment(letter.at)}


@router.post(
    "",
    summary="Subscribe a webhook",
    status_code=201,
    response_model=WebhookMade,
    responses=answers(examples.WEBHOOK_MADE, 201) | PROBLEMS,
    openapi_extra={"requestBody": {"content": shown(JSON, examples.WEBHOOK_WANTED)}} | needs(Scope.ADMIN),
)
async def post_webhook(body: WebhookIn, service: ServiceDep, dispatcher: DispatcherDep) -> Response:
    """Subscribe from now on; the answer shows the secret, for the only time."""
    await _check_reachable(body.url, dispatcher)
    now = datetime.now(UTC)
    made = Subscription(
        id=f"whk_{next(service.numbers):016x}",
        url=body.url,
        secret=body.secret or new_secret(),
        kinds=tuple(sorted(set(body.kinds))),
        grew_past=body.grew_past,
        created_at=microseconds(now),
        position=service.feed.last_seq,
    )
    if len(await run_in_threadpool(dispatcher.subscriptions.all)) >= MOST_WEBHOOKS:
        raise Problem(409, "too_many_webhooks", f"there are {MOST_WEBHOOKS} already; delete one first")
    await run_in_threadpool(dispatcher.subscriptions.add, made)
    dispatcher.take_up(made.id)
    headers = {"Location": f"/v1/webhooks/{made.id}", "Cache-Control": "no-store"}
    return json_answer(webhook_json(made) | {"secret": made.secret}, 201, headers)


@router.get(
    "",
    summary="List webhooks",
    response_model=WebhooksOut,
    responses=answers(examples.WEBHOOKS) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
def list_webhooks(request: Request, dispatcher: DispatcherDep) -> Response:
    """Answer with all subscriptions."""
    return unless_same(request, json_answer({"webhooks": list(map(webhook_json, dispatcher.subscriptions.all()))}))


@router.get(
    "/{webhook_id}",
    summary="Look at a webhook",
    response_model=WebhookOut,
    responses=answers(examples.WEBHOOK) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
def get_webhook(webhook_id: str, request: Request, dispatcher: DispatcherDep) -> Response:
    """Answer with one subscription, and how far it got in the log."""
    return unless_same(request, json_answer(webhook_json(_known(dispatcher, webhook_id))))


@router.delete(
    "/{webhook_id}",
    summary="End a webhook",
    status_code=204,
    responses=PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
async def delete_webhook(webhook_id: str, dispatcher: DispatcherDep) -> Response:
    """Deliver no more, and forget the secret and the dead letters."""
    await dispatcher.drop(webhook_id)
    if not await run_in_threadpool(dispatcher.subscriptions.remove, webhook_id):
        raise _unknown(webhook_id)
    return Response(status_code=204)


@router.get(
    "/{webhook_id}/dead-letters",
    summary="List what could not be delivered",
    response_model=DeadLettersOut,
    responses=answers(examples.DEAD_LETTERS) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
def list_dead_letters(webhook_id: str, request: Request, dispatcher: DispatcherDep) -> Response:
    """Answer with the deliveries that were given up, at most 1,000."""
    _known(dispatcher, webhook_id)
    letters = dispatcher.subscriptions.letters(webhook_id)
    return unless_same(request, json_answer({"dead_letters": list(map(letter_json, letters))}))


@router.post(
    "/{webhook_id}/dead-letters/redeliver",
    summary="Deliver again",
    status_code=202,
    response_model=RedeliveryOut,
    responses=answers(examples.REDELIVERY, 202) | PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
async def redeliver(
    webhook_id: str,
    dispatcher: DispatcherDep,
    seq: Annotated[int | None, Query(ge=1, le=2**62, description="Only of this event.")] = None,
) -> Response:
    """Try the dead letters once more, all or those of one event; who is taken leaves the list."""
    await run_in_threadpool(_known, dispatcher, webhook_id)
    count = await run_in_threadpool(dispatcher.subscriptions.redeliver, webhook_id, seq)
    dispatcher.wake(webhook_id)
    return json_answer({"redelivering": count}, 202)


async def _check_reachable(url: str, dispatcher: Dispatcher) -> None:
    try:
        await addresses_of(httpx.URL(url), allow_private=dispatcher.pace.allow_private)
    except (ForbiddenAddress, httpx.ConnectError) as problem:
        errors = [{"field": "url", "reason": str(problem)}]
        raise Problem(422, "invalid_webhook", f"url: {problem}", errors) from None


def _known(dispatcher: Dispatcher, webhook_id: str) -> Subscription:
    found = dispatcher.subscriptions.find(webhook_id)
    if found is None:
        raise _unknown(webhook_id)
    return found


def _unknown(webhook_id: str) -> Problem:
    return Problem(404, "unknown_webhook", f"no webhook has the id {webhook_id!r}")
