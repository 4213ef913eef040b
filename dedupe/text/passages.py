"""Two texts as token hashes, turned into the passages that they share: maximal runs of equal tokens, the longest first.

Every end of a run is found with a suffix automaton of one text (Blumer et al. 1985) through which the
other is read (longest match at each token); runs are then laid out from the longest down, so that no
token is shared twice (greedy string tiling, Wise 1993). All of it is linear in the length of the texts
but for sorting what was found.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernel import kernel

ROUNDS: Final = 8
"""What a longer run left over is looked for again, so many times at most: once is enough for nearly all texts."""
PATIENCE: Final = 8
"""How many times each token may be looked at while runs are laid out, in texts that repeat themselves."""

_NOBODY: Final = -1
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)

Numbers = NDArray[np.int32]


class Run(NamedTuple):
    """``tokens`` tokens that are equal, from ``left`` on in one text and from ``right`` on in the other."""

    left: int
    right: int
    tokens: int


class Automaton(NamedTuple):
    """Every run of one text, as states: how long their longest is, the state of its longest proper ending, an end.

    Edges leave a state in a chain that begins at ``first``; ``table`` finds them by state and token.
    ``counts`` holds how many states and how many edges there are.
    """

    lengths: Numbers
    links: Numbers
    ends: Numbers
    first: Numbers
    sources: Numbers
    tokens: Numbers
    targets: Numbers
    following: Numbers
    table: Numbers
    counts: Numbers


def shared_runs(left: NDArray[np.uint64], right: NDArray[np.uint64], size: int) -> list[Run]:
    """Return the runs of at least ``size`` tokens that two texts share, in the order of the first.

    A token of hash 0 is equal to none. No run can be made longer, none overlaps another in either text.
    """
    numbers = np.unique(np.concatenate((left, right)), return_inverse=True)[1].astype(np.int32)
    ours, theirs = numbers[: len(left)], numbers[len(left) :]
    ours[left == 0] = theirs[right == 0] = _NOBODY
    runs: list[Run] = []
    for _ in range(ROUNDS):
        found = _round(ours, theirs, size)
        if not len(found):
            break
        runs += [Run(*row) for row in found.tolist()]
    return sorted(runs)


@kernel
def _round(ours: Numbers, theirs: Numbers, size: int) -> Numbers:
    """Return runs, a row each, and make their tokens equal to none in both texts."""
    lengths, ends = _longest_matches(_automaton(ours), theirs)
    is_end = np.empty(len(theirs), np.bool_)
    for at in range(len(theirs)):
        goes_on = at + 1 < len(theirs) and lengths[at + 1] == lengths[at] + 1
        is_end[at] = lengths[at] >= size and not goes_on
    last = np.flatnonzero(is_end)
    longest_first = last[np.argsort(-lengths[last], kind="mergesort")]
    room = min(len(ours), len(theirs)) // size + 1
    runs = np.empty((room, 3), np.int32)
    count, patience = 0, PATIENCE * (len(ours) + len(theirs))
    for at in longest_first:
        if patience < 0:
            break
        patience -= lengths[at]
        count = _lay(ours, theirs, (ends[at], at, lengths[at]), size, runs, count)
    return runs[:count]


@kernel
def _lay(ours: Numbers, theirs: Numbers, match: tuple[int, int, int], size: int, runs: Numbers, count: int) -> int:
    """Take what is still free of a match, given by its ends and length; return how many runs there are now."""
    left, right, length = match
    left, right = left - length + 1, right - length + 1
    start = at = 0
    while at <= length:
        if at < length and ours[left + at] != _NOBODY and theirs[right + at] != _NOBODY:
            at += 1
            continue
        if at - start >= size:
            runs[count, 0], runs[count, 1], runs[count, 2] = left + start, right + start, at - start
            count += 1
            ours[left + start : left + at] = _NOBODY
            theirs[right + start : right + at] = _NOBODY
        at += 1
        start = at
    return count


@kernel
def _longest_matches(automaton: Automaton, theirs: Numbers) -> tuple[Numbers, Numbers]:
    """Return, for each token, how long the longest run that ends there is, and where that ends in the other text."""
    lengths, ends = np.zeros(len(theirs), np.int32), np.zeros(len(theirs), np.int32)
    state = length = 0
    for at in range(len(theirs)):
        edge = _edge(automaton, state, theirs[at])
        while edge < 0 and state > 0:
            state = automaton.links[state]
            length = automaton.lengths[state]
            edge = _edge(automaton, state, theirs[at])
        if edge >= 0:
            state = automaton.targets[edge]
            length += 1
        lengths[at], ends[at] = length, automaton.ends[state]
    return lengths, ends


@kernel
def _automaton(ours: Numbers) -> Automaton:
    states, edges, size = 2 * len(ours) + 1, 3 * len(ours) + 1, 16
    while size < 2 * edges:
        size *= 2
    automaton = Automaton(
        np.zeros(states, np.int32),
        np.full(states, -1, np.int32),
        np.zeros(states, np.int32),
        np.full(states, -1, np.int32),
        np.empty(edges, np.int32),
        np.empty(edges, np.int32),
        np.empty(edges, np.int32),
        np.empty(edges, np.int32),
        np.full(size, -1, np.int32),
        np.zeros(2, np.int32),
    )
    automaton.counts[0] = 1
    last = 0
    for at in range(len(ours)):
        # A token that is equal to none gets a number of its own, which the other text does not have.
        token = ours[at] if ours[at] != _NOBODY else -2 - at
        last = _extend(automaton, last, at, token)
    return automaton


@kernel
def _extend(automaton: Automaton, last: int, at: int, token: int) -> int:
    """Add the token of place ``at`` behind the whole text so far, which is in the state ``last``; return its state."""
    lengths, links, targets = automaton.lengths, automaton.links, automaton.targets
    whole = _new_state(automaton, lengths[last] + 1, at)
    state, edge = last, -1
    while state >= 0 and edge < 0:
        edge = _edge(automaton, state, token)
        if edge < 0:
            _add_edge(automaton, state, token, whole)
            state = links[state]
    if edge < 0:
        links[whole] = 0
        return whole
    target = targets[edge]
    if lengths[state] + 1 != lengths[target]:
        target = _split(automaton, state, target, token)
    links[whole] = target
    return whole


@kernel
def _split(automaton: Automaton, state: int, target: int, token: int) -> int:
    """Part the runs of ``target`` that are no longer than those of ``state`` and a token; return their state."""
    lengths, links, targets = automaton.lengths, automaton.links, automaton.targets
    shorter = _new_state(automaton, lengths[state] + 1, automaton.ends[target])
    edge = automaton.first[target]
    while edge >= 0:
        _add_edge(automaton, shorter, automaton.tokens[edge], targets[edge])
        edge = automaton.following[edge]
    links[shorter] = links[target]
    links[target] = shorter
    while state >= 0:
        edge = _edge(automaton, state, token)
        if edge < 0 or targets[edge] != target:
            break
        targets[edge] = shorter
        state = links[state]
    return shorter


@kernel
def _new_state(automaton: Automaton, length: int, end: int) -> int:
    state = automaton.counts[0]
    automaton.counts[0] += 1
    automaton.lengths[state], automaton.ends[state] = length, end
    return int(state)


@kernel
def _add_edge(automaton: Automaton, state: int, token: int, target: int) -> None:
    edge = automaton.counts[1]
    automaton.counts[1] += 1
    automaton.sources[edge], automaton.tokens[edge], automaton.targets[edge] = state, token, target
    automaton.following[edge] = automaton.first[state]
    automaton.first[state] = edge
    automaton.table[_place(automaton, state, token)] = edge


@kernel
def _edge(automaton: Automaton, state: int, token: int) -> int:
    """Return the edge that leaves a state with a token, -1 for none."""
    return int(automaton.table[_place(automaton, state, token)])


@kernel
def _place(automaton: Automaton, state: int, token: int) -> int:
    """Return where in the table an edge stands, or where it would go."""
    mask = np.uint64(len(automaton.table) - 1)
    mixed = (np.uint64(state) * _SPREAD ^ np.uint64(int(token) & 0xFFFFFFFF)) * _MIX
    at = (mixed >> np.uint64(24)) & mask
    while True:
        edge = automaton.table[at]
        if edge < 0 or (automaton.sources[edge] == state and automaton.tokens[edge] == token):
            return int(at)
        at = (at + np.uint64(1)) & mask
