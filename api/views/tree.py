"""Where articles come from, turned into a tree: whoever wrote a text, and below who took it over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from api.views.times import later_by
from api.views.wording import counted, percent
from dedupe.provenance import CopiedFrom, Origin, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An article, what became of its original's text in it, and its own copies."""

    origin: Origin
    kept: float | None
    told: str
    copies: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """``roots`` are those with copies, and copies whose original is not here; the rest stand alone."""

    roots: list[Node]
    alone: list[Origin]


def tree(origins: Iterable[Origin]) -> Tree:
    """Return the tree of articles, in their order."""
    nodes = {origin.article_id: _node(origin) for origin in origins}
    roots: list[Node] = []
    alone: list[Origin] = []
    for node in nodes.values():
        copied = node.origin.copied_from
        parent = nodes.get(copied.article_id) if copied else None
        if parent is not None and not _is_below(nodes, node, parent):
            parent.copies.append(node)
        elif copied is None and node.origin.role is Role.REPORT:
            alone.append(node.origin)
        else:
            roots.append(node)
    return Tree(roots=roots, alone=alone)


def _is_below(nodes: dict[str, Node], node: Node, parent: Node) -> bool:
    """Return whether a parent descends from its child, which revisions of both could bring about."""
    seen: set[str] = set()
    at: Node | None = parent
    while at is not None and at.origin.article_id not in seen:
        if at is node:
            return True
        seen.add(at.origin.article_id)
        at = nodes.get(at.origin.copied_from.article_id) if at.origin.copied_from else None
    return False


def _node(origin: Origin) -> Node:
    copied = origin.copied_from
    if copied is None:
        return Node(origin=origin, kept=None, told="")
    return Node(origin=origin, kept=_kept(copied), told=_told(copied))


def _kept(copied: CopiedFrom) -> float | None:
    if copied.kept_tokens is None or copied.cut_tokens is None:
        return None
    return copied.kept_tokens / ((copied.kept_tokens + copied.cut_tokens) or 1)


def _told(copied: CopiedFrom) -> str:
    """Return when a copy came, and what it did to the text."""
    when = [later_by(copied.seconds_after)] if copied.seconds_after is not None else []
    kept = _kept(copied)
    if kept is None:
        return ", ".join([*when, "the original was taken down"])
    changes = [f"keeps {percent(kept)}"]
    if copied.added_tokens:
        changes.append(f"adds {counted(copied.added_tokens, 'word')}")
    if copied.cut_tokens:
        changes.append(f"cuts {counted(copied.cut_tokens, 'word')}")
    return ", ".join(when + changes)
