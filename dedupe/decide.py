"""Where an article belongs: the decision, before anything is written down. Nothing here changes state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import Surroundings
from dedupe.clusters.decision import JoinModel
from dedupe.clusters.features import FEATURES, Probe
from dedupe.clusters.maintenance import OCCASION, Occasion, leaving, merge_partner
from dedupe.clusters.round_ups import FEWEST, FITS
from dedupe.clusters.search import Found
from dedupe.duplicates.containment import WORTH_A_LOOK, Copy
from dedupe.index import Index
from dedupe.reading import Reading

NOTHING_AROUND: Final = Surroundings(0.0, 0.0, 0.0)


class Rival(NamedTuple):
    """A cluster that came into question, how probable it is, and why; ``nearest`` is the slot of its nearest member."""

    cluster: int
    probability: float
    features: NDArray[np.float64]
    nearest: int = -1

    def reasons(self) -> dict[str, float]:
        """Return the features by name, as they were when they decided."""
        return dict(zip(FEATURES, self.features.tolist(), strict=True))


class Verdict(NamedTuple):
    """A copy of ``copy``, or a member of the first of ``rivals`` if that is probable enough, or the first of its kind.

    ``rivals`` come most probable first; ``cluster`` is the number of the chosen one, None for a new one;
    ``model`` is the version of the model that found them probable. A round-up tells of the clusters ``also_in``,
    too, and weighs in none.
    """

    cluster: int | None
    confidence: float
    copy: Copy | None = None
    probe: Probe | None = None
    rivals: tuple[Rival, ...] = ()
    around: Surroundings = NOTHING_AROUND
    also_in: tuple[int, ...] = ()
    model: int | None = None

    @property
    def runner_up(self) -> Rival | None:
        """Return the best cluster that was not chosen."""
        return next((rival for rival in self.rivals if rival.cluster != self.cluster), None)

    @property
    def chosen(self) -> Rival | None:
        """Return the cluster that was chosen by probability."""
        return next((rival for rival in self.rivals if rival.cluster == self.cluster), None)


def decide(index: Index, reading: Reading, model: JoinModel, besides: int = -1) -> Verdict:
    """Decide where an article belongs: with the text it copies, else with the event it tells of, else apart.

    ``besides`` is a slot that does not count as an original: that of the text being revised.
    """
    copied = _copied(index, reading, index.copy_candidates(reading), besides)
    if copied:
        return Verdict(index.clusters.cluster_of(copied.slot), copied.coverage, copied)
    probe = index.probe(reading)
    found = index.clusters.search(probe)
    copied = _copied(index, reading, found.candidates.best, besides) if found.held >= WORTH_A_LOOK else None
    if copied:
        return Verdict(index.clusters.cluster_of(copied.slot), copied.coverage, copied)
    rivals = _rivals(found, model)
    best = rivals[0].probability if rivals else 0.0
    if best < model.threshold:
        return Verdict(None, 1.0 - best, None, probe, rivals, model=model.version)
    told = _told(index, reading, probe, rivals)
    chosen = next((rival for rival in told if rival.probability >= model.threshold), rivals[0])
    also_in = tuple(rival.cluster for rival in told if rival is not chosen)
    around = found.candidates.around
    return Verdict(chosen.cluster, chosen.probability, None, probe, rivals, around, also_in, model.version)


def nearest_live(index: Index, reading: Reading, most: int) -> list[str]:
    """Return the ids of live articles: candidates for copies, then the ``most`` that share most terms with a text."""
    slots = [
        *index.copy_candidates(reading).tolist(),
        *index.clusters.nearest(index.probe(reading).vector, most).tolist(),
    ]
    return [index.article_id(slot) for slot in dict.fromkeys(slots)]


def decide_merge(index: Index, verdict: Verdict, model: JoinModel) -> tuple[int, int] | None:
    """Return the clusters to merge, now that an article has joined one of them: survivor, then absorbed.

    Clusters are numbered as they were opened, and the older one survives. What an editor keeps apart is
    never merged, and a round-up is no occasion: it belongs to several events, which stay several.
    """
    if verdict.cluster is None or verdict.also_in or len(verdict.rivals) < 2:
        return None
    if verdict.rivals[1].probability < OCCASION:
        return None
    parted = index.constraints.parted_from(verdict.cluster, index)
    rivals = tuple((rival.cluster, rival.probability) for rival in verdict.rivals if rival.cluster not in parted)
    occasion = Occasion(verdict.cluster, rivals, verdict.around)
    partner = merge_partner(index.clusters, occasion, model)
    return None if partner is None else (min(partner, verdict.cluster), max(partner, verdict.cluster))


def decide_split(index: Index, verdict: Verdict) -> tuple[int, Sequence[int]] | None:
    """Return a cluster that has become two events, now that an article has joined it, and the slots that leave it.

    Copies go with their original. What an editor decided about any of its articles is left alone, and what weighs
    nothing, a copy or a round-up, is no occasion.
    """
    if verdict.cluster is None or verdict.copy or verdict.also_in:
        return None
    cluster = index.clusters.survivor(verdict.cluster)
    slots = leaving(index.clusters, cluster)
    if not slots or (index.constraints and _is_bound(index, cluster)):
        return None
    return cluster, index.with_copies(slots)


def _is_bound(index: Index, cluster: int) -> bool:
    return bool(index.constraints.naming([*map(index.article_id, index.clusters.members(cluster))]))


def _rivals(found: Found, model: JoinModel) -> tuple[Rival, ...]:
    """Return the clusters found, most probable first."""
    (clusters, _, best, _), features, _ = found
    probable: list[float] = model.probabilities(features).tolist()
    numbers, nearest = clusters.tolist(), best.tolist()
    order = sorted(range(len(probable)), key=probable.__getitem__, reverse=True)
    return tuple(Rival(numbers[at], probable[at], features[at], nearest[at]) for at in order)


def _copied(index: Index, reading: Reading, slots: NDArray[np.int32], besides: int) -> Copy | None:
    return index.copy_among(reading, slots if besides < 0 else slots[slots != besides])


def _told(index: Index, reading: Reading, probe: Probe, rivals: Sequence[Rival]) -> Sequence[Rival]:
    """Return the clusters that a round-up tells of, in the order of its text; none where the article is no round-up."""
    if len(rivals) < FEWEST or rivals[FEWEST - 1].probability < FITS:
        return ()
    fitting = [rival for rival in rivals if rival.probability >= FITS]
    told = index.clusters.told_apart(probe, reading.evidence.terms.first, [rival.nearest for rival in fitting])
    return [fitting[at] for at in told] if len(told) >= FEWEST and 0 in told else ()
