"""What both clients can be asked, said once: each method is a described request, sent by whoever has it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, overload

from api.client import articles as of_articles
from api.client import clusters as of_clusters
from api.client import corrections as of_corrections
from api.client import following as of_changes
from api.client import jobs as of_jobs
from api.client import operations as of_service
from api.client.request import Request
from api.client.walks import Walk

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Row = TypeVar("Row")


class Blocking(ABC):
    """Sends a request and waits for its answer."""

    @abstractmethod
    def send(self, request: Request[Answer]) -> Answer:
        """Send a request, again where that helps, and return its answer; raise `ClientError`."""

    @abstractmethod
    def walk(self, walk: Walk[Row]) -> Iterator[Row]:
        """Yield the rows of all answers; raise `ClientError`."""


class Awaiting(ABC):
    """Sends a request and lets others go on until its answer is there."""

    @abstractmethod
    async def send(self, request: Request[Answer]) -> Answer:
        """Send a request, again where that helps, and return its answer; raise `ClientError`."""

    @abstractmethod
    def walk(self, walk: Walk[Row]) -> AsyncIterator[Row]:
        """Yield the rows of all answers; raise `ClientError`."""


class Call(Generic[Given, Answer]):
    """A method that sends one request."""

    def __init__(self, describe: Callable[Given, Request[Answer]]) -> None:
        self._describe = describe
        self.__doc__ = describe.__doc__

    @overload
    def __get__(self, client: Blocking, kind: type) -> Callable[Given, Answer]: ...
    @overload
    def __get__(self, client: Awaiting, kind: type) -> Callable[Given, Coroutine[Any, Any, Answer]]: ...
    @overload
    def __get__(self, client: None, kind: type) -> Call[Given, Answer]: ...
    def __get__(self, client: Any, kind: type) -> Any:
        """Return the method of a client."""
        if client is None:
            return self

        @wraps(self._describe)
        def method(*given: Given.args, **named: Given.kwargs) -> Any:
            return client.send(self._describe(*given, **named))

        return method


class Iteration(Generic[Given, Row]):
    """A method that sends requests one after the other, and yields what their answers hold."""

    def __init__(self, describe: Callable[Given, Walk[Row]]) -> None:
        self._describe = describe
        self.__doc__ = describe.__doc__

    @overload
    def __get__(self, client: Blocking, kind: type) -> Callable[Given, Iterator[Row]]: ...
    @overload
    def __get__(self, client: Awaiting, kind: type) -> Callable[Given, AsyncIterator[Row]]: ...
    @overload
    def __get__(self, client: None, kind: type) -> Iteration[Given, Row]: ...
    def __get__(self, client: Any, kind: type) -> Any:
        """Return the method of a client."""
        if client is None:
            return self

        @wraps(self._describe)
        def method(*given: Given.args, **named: Given.kwargs) -> Any:
            return client.walk(self._describe(*given, **named))

        return method


class Methods:
    """Every operation of the service."""

    place = Call(of_articles.place)
    preview = Call(of_articles.preview)
    upload = Iteration(of_articles.upload)
    article = Call(of_articles.article)
    take_down = Call(of_articles.take_down)
    explanation = Call(of_articles.explanation)
    similar = Iteration(of_articles.similar)
    similar_page = Call(of_articles.similar_page)
    compare = Call(of_articles.compare)
    compare_texts = Call(of_articles.compare_texts)

    clusters = Iteration(of_clusters.clusters)
    cluster_page = Call(of_clusters.cluster_page)
    cluster = Call(of_clusters.cluster)
    members = Iteration(of_clusters.members)
    member_page = Call(of_clusters.member_page)
    round_ups = Iteration(of_clusters.round_ups)
    round_up_page = Call(of_clusters.round_up_page)
    lineage = Iteration(of_clusters.lineage)
    lineage_page = Call(of_clusters.lineage_page)
    provenance = Iteration(of_clusters.provenance)
    provenance_page = Call(of_clusters.provenance_page)
    timeline = Iteration(of_clusters.timeline)
    timeline_page = Call(of_clusters.timeline_page)
    related = Iteration(of_clusters.related)
    related_page = Call(of_clusters.related_page)
    export_clusters = Call(of_clusters.export_clusters)
    export_cluster = Call(of_clusters.export_cluster)

    move = Call(of_corrections.move)
    undo_move = Call(of_corrections.undo_move)
    merge = Call(of_corrections.merge)
    split = Call(of_corrections.split)
    constrain = Call(of_corrections.constrain)
    undo = Call(of_corrections.undo)
    constraint = Call(of_corrections.constraint)
    constraints = Iteration(of_corrections.constraints)
    constraint_page = Call(of_corrections.constraint_page)

    changes = Iteration(of_changes.changes)
    change_page = Call(of_changes.change_page)

    reindex = Call(of_jobs.reindex)
    job = Call(of_jobs.job)
    jobs = Iteration(of_jobs.jobs)
    job_page = Call(of_jobs.job_page)
    difference = Call(of_jobs.difference)
    activate = Call(of_jobs.activate)
    rollback = Call(of_jobs.rollback)
    discard = Call(of_jobs.discard)

    subscribe = Call(of_service.subscribe)
    webhooks = Call(of_service.webhooks)
    webhook = Call(of_service.webhook)
    unsubscribe = Call(of_service.unsubscribe)
    dead_letters = Call(of_service.dead_letters)
    redeliver = Call(of_service.redeliver)
    health = Call(of_service.health)
    readiness = Call(of_service.readiness)
    metrics = Call(of_service.metrics)
    openapi = Call(of_service.openapi)
