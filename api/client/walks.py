"""Requests that follow from answers: the pages of a list, the changes of the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from api.client.request import Request
from api.schemas import ChangeOut, ChangePage

Row = TypeVar("Row")
RowOut = TypeVar("RowOut", covariant=True)


class Paged(Protocol):
    """A page of a list."""

    @property
    def next_cursor(self) -> str | None:
        """Return where the next page begins, None after the last."""
        ...


Page = TypeVar("Page", bound=Paged)


class Walk(Protocol[RowOut]):
    """Says what to ask next, and what the answer holds; both clients go along."""

    def ask(self) -> Request[Any] | None:
        """Return the next request, None at the end."""
        ...

    def take(self, answer: Any, /) -> Sequence[RowOut]:
        """Return the rows of the answer to that request."""
        ...


class Pages(Generic[Page, Row]):
    """Goes along the pages of a list."""

    def __init__(self, first: Request[Page], rows: Callable[[Page], Sequence[Row]]) -> None:
        self._rows = rows
        self._next: Request[Page] | None = first

    def ask(self) -> Request[Page] | None:
        """Return the request for the next page."""
        return self._next

    def take(self, page: Page, /) -> Sequence[Row]:
        """Return the rows of a page."""
        cursor = page.next_cursor
        self._next = self._next.asking(cursor=cursor) if self._next and cursor is not None else None
        return self._rows(page)


class Changes:
    """Goes along the log, without end: each request begins where the answer before ended."""

    def __init__(self, first: Request[ChangePage]) -> None:
        self._next = first

    def ask(self) -> Request[ChangePage]:
        """Return the request for what comes next."""
        return self._next

    def take(self, page: ChangePage, /) -> Sequence[ChangeOut]:
        """Return the changes of an answer."""
        self._next = self._next.asking(after=page.last_seq)
        return page.changes
