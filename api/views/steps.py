"""An editor's decision before it is taken: what will change, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from api.views.wording import counted
from dedupe.constraints import Constraint, Rule
from dedupe.store.answers import ClusterRow
from dedupe.store.records import StoredArticle

MOST_TITLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is asked of the editor: ``fields`` are sent along, ``titles`` are the articles that it is about."""

    title: str
    button: str
    changes: Sequence[str]
    fields: Sequence[tuple[str, str]]
    back: str
    titles: Sequence[str] = field(default_factory=list)


def title_of(stored: StoredArticle) -> str:
    """Return what an article is called, with its outlet."""
    if stored.article is None:
        return stored.article_id
    title = stored.headline
    return f"{title} ({stored.article.source})" if stored.article.source else title


def merge_step(cluster: ClusterRow, other: ClusterRow) -> Step:
    """Return what merging two clusters changes."""
    return Step(
        title="Merge two clusters",
        button="Merge them",
        changes=[
            (
                f"“{cluster.headline}” and “{other.headline}” become one cluster of "
                f"{counted(cluster.size + other.size, 'article')}."
            ),
            "The older id stays; the other one leads to it from now on.",
            "They stay together whatever arrives, until this is undone.",
        ],
        fields=[("cluster", cluster.cluster_id), ("other", other.cluster_id)],
        back=f"/clusters/{cluster.cluster_id}",
    )


def split_step(cluster: ClusterRow, members: Sequence[StoredArticle], chosen: Sequence[str]) -> Step:
    """Return what splitting articles off changes; copies of what is chosen go with it."""
    groups = {m.assignment.duplicate_group_id for m in members if m.article_id in chosen} - {None}
    leaving = [m for m in members if m.article_id in chosen or m.assignment.duplicate_group_id in groups]
    along = len(leaving) - sum(m.article_id in chosen for m in leaving)
    changes = [
        (
            f"{counted(len(leaving), 'article')} of “{cluster.headline}” and the other "
            f"{cluster.size - len(leaving):,} become two clusters."
        ),
        "The larger side keeps the id, the other gets a new one.",
        "The two are never merged again, until this is undone.",
    ]
    if along:
        changes.insert(1, f"{counted(along, 'copy', 'copies')} of what was chosen go along.")
    return Step(
        title="Split a cluster",
        button="Split it",
        changes=changes,
        fields=[("cluster", cluster.cluster_id), *(("article", article_id) for article_id in chosen)],
        back=f"/clusters/{cluster.cluster_id}",
        titles=[title_of(stored) for stored in leaving[:MOST_TITLES]],
    )


def move_step(article: StoredArticle, here: ClusterRow, to: ClusterRow | None) -> Step:
    """Return what moving an article changes; to None is to a new cluster."""
    target = f"“{to.headline}” ({counted(to.size, 'article')})" if to else "a new cluster of its own"
    return Step(
        title="Move an article",
        button="Move it",
        changes=[
            f"It goes from “{here.headline}” to {target}, and its copies go along.",
            "It stays there whatever arrives, until this is undone.",
        ],
        fields=[("article", article.article_id), ("to", to.cluster_id if to else "new")],
        back=f"/clusters/{here.cluster_id}#{article.article_id}",
        titles=[title_of(article)],
    )


def pin_step(article: StoredArticle, here: ClusterRow) -> Step:
    """Return what pinning an article changes."""
    return Step(
        title="Pin an article",
        button="Pin it",
        changes=[f"It stays in “{here.headline}” whatever arrives or is re-indexed, until this is undone."],
        fields=[("article", article.article_id)],
        back=f"/clusters/{here.cluster_id}#{article.article_id}",
        titles=[title_of(article)],
    )


def pair_step(rule: Rule, left: StoredArticle, right: StoredArticle) -> Step:
    """Return what linking two articles changes, or keeping them apart."""
    is_link = rule is Rule.MUST_LINK
    are_one = left.assignment.cluster_id == right.assignment.cluster_id
    changes = ["From now on they share a cluster." if is_link else "From now on they never share a cluster."]
    if is_link != are_one:
        changes.append(
            "The second, with its copies, goes to the cluster of the first."
            if is_link
            else "The second, with its copies, goes to a new cluster; a copy of the first is no longer taken for one."
        )
    return Step(
        title="Keep two articles together" if is_link else "Keep two articles apart",
        button="Keep them together" if is_link else "Keep them apart",
        changes=changes,
        fields=[("left", left.article_id), ("right", right.article_id)],
        back=f"/compare?left={left.article_id}&right={right.article_id}",
        titles=[title_of(left), title_of(right)],
    )


def undo_step(constraint: Constraint) -> Step:
    """Return what undoing a decision changes."""
    moved = len(constraint.event.moved_articles)
    changes = [f"Decision {constraint.seq} ({rule_name(constraint.rule)}, by {constraint.actor}) binds no longer."]
    if moved:
        changes.append(f"What it moved goes back, as far as it is still there: {counted(moved, 'article')}.")
    return Step(
        title="Undo a decision",
        button="Undo it",
        changes=changes,
        fields=[("seq", str(constraint.seq))],
        back=f"/clusters/{constraint.event.cluster_id}",
    )


def rule_name(rule: Rule) -> str:
    """Return what a rule is called.

    >>> rule_name(Rule.CANNOT_LINK)
    'keep apart'
    """
    return {Rule.MUST_LINK: "keep together", Rule.CANNOT_LINK: "keep apart"}.get(rule, rule.value)
