"""What articles and events say of others, without what is embargoed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from dedupe.events import Event, EventKind
from dedupe.store.records import StoredArticle

Detail = Mapping[str, Any]

NAMING: Final = ("articles", "bound", "others", "unlinked")
"""Where the detail of an editor's decision names articles."""
_ABOUT_THE_NEAREST: Final = frozenset({"features", "model", "nearest", "considered", "runner_up"})


@dataclass(frozen=True, slots=True)
class Veil:
    """What may not be seen: ``articles`` that are embargoed, and ``clusters`` that nobody was told of."""

    articles: Collection[str]
    clusters: Collection[str]

    def article(self, stored: StoredArticle) -> StoredArticle:
        """Return an article without the originals, runners-up and clusters besides that may not be seen."""
        assignment = stored.assignment
        copied, runner_up = assignment.duplicate_of, assignment.runner_up
        return replace(
            stored,
            assignment=replace(
                assignment,
                duplicate_of=None if copied and copied.article_id in self.articles else copied,
                runner_up=None if runner_up and runner_up.cluster_id in self.clusters else runner_up,
                also_in=tuple(cluster for cluster in assignment.also_in if cluster not in self.clusters),
            ),
        )

    def event(self, event: Event) -> Event:
        """Return an event without the articles and clusters that may not be seen."""
        if not (self.articles or self.clusters):
            return event
        article_id = None if event.article_id in self.articles else event.article_id
        detail = self._named(self._reasons(event))
        return replace(event, article_id=article_id, detail=detail)

    def _reasons(self, event: Event) -> Detail:
        """Return what a placement says, without the figures about a cluster that may not be seen."""
        detail = event.detail
        if compared_with(event) in self.clusters:
            return {key: value for key, value in detail.items() if key not in _ABOUT_THE_NEAREST}
        hidden = {key for key, article_id in articles_of_reasons(detail).items() if article_id in self.articles}
        if detail.get("runner_up", {}).get("cluster_id") in self.clusters:
            hidden.add("runner_up")
        return {key: value for key, value in detail.items() if key not in hidden}

    def _named(self, detail: Detail) -> Detail:
        seen = {key: [one for one in detail[key] if one not in self.articles] for key in NAMING if key in detail}
        if "also_in" in detail:
            seen["also_in"] = [cluster for cluster in detail["also_in"] if cluster not in self.clusters]
        return {**detail, **seen}


def compared_with(event: Event) -> str | None:
    """Return the cluster that the figures of a placement are about; None where there are none."""
    detail = event.detail
    if "features" not in detail:
        return None
    if event.kind is EventKind.OPENED and "runner_up" in detail:
        return str(detail["runner_up"]["cluster_id"])
    return str(detail.get("considered", event.cluster_id))


def articles_of_reasons(detail: Detail) -> dict[str, str]:
    """Return the articles that the reasons of a placement name, by where they do."""
    copied, nearest = detail.get("duplicate_of"), detail.get("nearest")
    named = {"duplicate_of": copied["article_id"]} if copied else {}
    return named | ({"nearest": nearest} if nearest else {})
