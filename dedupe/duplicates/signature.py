"""Token hashes, turned into shingles and their MinHash signature.

The signature is that of ``datasketch.MinHash(num_perm=128, scheme="affine32", seed=1)`` fed with
the shingles as they are (an identity ``hashfunc``): each shingle goes once through the 32-bit
finaliser of MurmurHash3, then position k of the signature is the least ``a[k] * h + b[k]``
modulo 2^32 over all shingles. An empty text has 2^32 - 1 everywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.block import Block, lay_out
from dedupe.text.characters import UNICODE_VERSION, Characters, characters
from dedupe.text.spelling import first_places, room_for, spell
from dedupe.text.tokens import TOKEN_HASH_VERSION, collect_hashes

Hashes = npt.NDArray[np.uint64]
Words = npt.NDArray[np.uint32]

SCHEME: Final = "affine32"
PERMUTATIONS: Final = 128
SEED: Final = 1

TEXTS_AT_ONCE: Final = 64
"""What so many texts take fits into the cache of a processor."""
FEW: Final = 512
"""Up to so many shingles are sorted in one pass; if somebody made them alike on purpose, it takes 30 µs."""
_EMPTY: Final = np.uint32(0xFFFFFFFF)
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


class Permutations(NamedTuple):
    """Position k of a signature goes by ``factors[k] * h + offsets[k]``; factors are odd, so that no two words meet."""

    factors: Words
    offsets: Words


def signature_identity() -> dict[str, int | str]:
    """Return what the meaning of a signature depends on, apart from the size of its shingles."""
    return {
        "scheme": SCHEME,
        "permutations": PERMUTATIONS,
        "permutation_seed": SEED,
        "token_hash": TOKEN_HASH_VERSION,
        "unicode": UNICODE_VERSION,
    }


def signature_of(token_hashes: Hashes, size: int) -> tuple[Words, Words]:
    """Return the `shingles` of a text and their signature."""
    shingled = shingles(token_hashes, size)
    return shingled, sign(shingled, permutations())


def sign_all(texts: Sequence[str], size: int = 5) -> Words:
    """Return the signatures of texts as they are written, a row each, without a look at what is article in them.

    Row ``i`` holds the hash values of a ``datasketch.MinHash(128, scheme="affine32", seed=1)`` that was given the
    shingles of text ``i``. Blocks of texts may be signed in several threads at once.

    >>> rows = sign_all(["Two banks will merge on Monday.", "two banks WILL merge on Monday"])
    >>> rows.shape, bool((rows[0] == rows[1]).all())
    ((2, 128), True)
    """
    blocks = (lay_out(texts[at : at + TEXTS_AT_ONCE]) for at in range(0, max(len(texts), 1), TEXTS_AT_ONCE))
    return np.concatenate([_sign_all(block, characters(), permutations(), size) for block in blocks])


@kernel
def _sign_all(block: Block, table: Characters, permuted: Permutations, size: int) -> Words:
    signatures = np.empty((len(block.sizes), len(permuted.factors)), np.uint32)
    spelling, reached = room_for(block), first_places(block)
    hashes = np.empty(len(spelling.entries), np.uint64)
    for text in range(len(signatures)):
        entries = spelling.entries[: spell(block, text, reached, table, spelling) + 1]
        count = collect_hashes(entries, table.sequences, hashes)
        signatures[text] = sign(windows(hashes[:count], size), permuted)
    return signatures


@kernel
def shingle(token_hashes: Hashes, size: int) -> Hashes:
    """Return the hash of every window of ``size`` consecutive tokens.

    The hash of the tokens t1 … tn is fmix64(t1·m^(n-1) + … + tn), m = 0x9E3779B97F4A7C15, modulo 2^64.
    A text with fewer tokens is one window, a text without any has none.
    """
    width = min(size, len(token_hashes))
    count = len(token_hashes) - width + 1 if width else 0
    windows = np.zeros(count, np.uint64)
    for offset in range(width):
        for i in range(count):
            windows[i] = windows[i] * _MULTIPLIER + token_hashes[i + offset]
    for i in range(count):
        value = windows[i]
        value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        value = (value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
        windows[i] = value ^ (value >> np.uint64(33))
    return windows


@kernel
def windows(token_hashes: Hashes, size: int) -> Words:
    """Return the upper 32 bits of each `shingle`, in the order of the text."""
    hashes = shingle(token_hashes, size)
    words = np.empty(len(hashes), np.uint32)
    for i in range(len(hashes)):
        words[i] = hashes[i] >> np.uint64(32)
    return words


@kernel
def shingles(token_hashes: Hashes, size: int) -> Words:
    """Return the upper 32 bits of each `shingle`, sorted, each once."""
    return shingle_set(windows(token_hashes, size))


@kernel
def shingle_set(ordered: Words) -> Words:
    """Return the `windows` of a text sorted, each once."""
    words = ordered.copy()
    if len(words) <= FEW:
        _sort_few(words)
    else:
        _sort(words)
    return distinct(words)


@kernel
def sign(shingled: Words, permuted: Permutations) -> Words:
    """Return the signature of shingles, in any order; one that is there twice changes nothing."""
    factors, offsets = permuted
    signature = np.full(len(factors), _EMPTY, np.uint32)
    last = len(shingled) - 1
    # Eight at a time, so that each position is loaded and stored once for eight; the last is taken again to fill up.
    for at in range(0, len(shingled), 8):
        a, b = _mix(shingled[at]), _mix(shingled[min(at + 1, last)])
        c, d = _mix(shingled[min(at + 2, last)]), _mix(shingled[min(at + 3, last)])
        e, f = _mix(shingled[min(at + 4, last)]), _mix(shingled[min(at + 5, last)])
        g, h = _mix(shingled[min(at + 6, last)]), _mix(shingled[min(at + 7, last)])
        for k in range(len(factors)):  # the loop that vectorises
            m, n = factors[k], offsets[k]
            ab, cd = min(np.uint32(m * a + n), np.uint32(m * b + n)), min(np.uint32(m * c + n), np.uint32(m * d + n))
            ef, gh = min(np.uint32(m * e + n), np.uint32(m * f + n)), min(np.uint32(m * g + n), np.uint32(m * h + n))
            signature[k] = min(signature[k], ab, cd, ef, gh)
    return signature


@kernel
def _mix(word: np.uint32) -> np.uint32:
    word = np.uint32((word ^ (word >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    word = np.uint32((word ^ (word >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(word ^ (word >> np.uint32(16)))


@kernel
def _sort_few(words: Words) -> None:
    """Sort in place: hashes are spread evenly, so that one pass leaves nearly all where they belong."""
    bits = 1
    while 1 << bits < len(words):
        bits += 1
    shift = 32 - bits
    ends = np.zeros((1 << bits) + 1, np.int32)
    for word in words:
        ends[(int(word) >> shift) + 1] += 1
    for digit in range(1 << bits):
        ends[digit + 1] += ends[digit]
    other = np.empty_like(words)
    for word in words:
        digit = int(word) >> shift
        other[ends[digit]] = word
        ends[digit] += 1
    for i in range(len(words)):
        word, to = other[i], i
        while to > 0 and words[to - 1] > word:
            words[to] = words[to - 1]
            to -= 1
        words[to] = word


@kernel
def _sort(words: Words) -> None:
    """Sort in place by radix: four passes of one byte, the last of which ends where the first began."""
    other = np.empty_like(words)
    for shift in (0, 8, 16, 24):
        ends = np.zeros(257, np.int64)
        for word in words:
            ends[(int(word) >> shift & 255) + 1] += 1
        for digit in range(256):
            ends[digit + 1] += ends[digit]
        for word in words:
            digit = int(word) >> shift & 255
            other[ends[digit]] = word
            ends[digit] += 1
        words, other = other, words


@kernel
def distinct(words: Words) -> Words:
    """Return each of sorted words once; changes ``words``."""
    count = 0
    for word in words:
        if count == 0 or words[count - 1] != word:
            words[count] = word
            count += 1
    return words[:count].copy()


@functools.cache
def permutations() -> Permutations:
    """Return the permutations that datasketch draws for this seed."""
    # datasketch draws from this old generator, whose stream NumPy promises never to change.
    draw = np.random.RandomState(SEED)
    factors = draw.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = draw.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return Permutations(factors, offsets)
