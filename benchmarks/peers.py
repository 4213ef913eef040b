"""Other libraries at the same work: the shingles of a text signed, looked up among signatures and entered.

Each gets its shingles (five words in a row, lower case) in the quickest way we know for it, hashes 128 times where it
can, and cuts signatures in the same buckets as we do. One that is not installed is left out, and named.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final, Protocol

from dedupe.settings import EngineSettings

THRESHOLD: Final = 0.5
PERMUTATIONS: Final = 128
SEED: Final = 1
SHIPPED: Final = EngineSettings()
BANDS: Final = (SHIPPED.bands, SHIPPED.rows)


class Peer(Protocol):
    """One copy layer: signs texts, and answers which texts that it holds are probably copies of another."""

    def sign(self, text: str) -> Any:
        """Return the signature of a text."""
        ...

    def sign_all(self, texts: Sequence[str]) -> Sequence[Any]:
        """Return the signatures of texts, in the quickest way there is."""
        return [self.sign(text) for text in texts]

    def find_and_add(self, number: int, text: str) -> Sequence[int]:
        """Return the numbers of the texts that look like this one, and enter it."""
        ...


def shingles(text: str) -> set[str]:
    """Return every five words in a row."""
    words = text.lower().split()
    return set(map(" ".join, zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)))


class Gaoya(Peer):
    """gaoya shingles by itself and keeps signatures to itself: signing is measured with its smallest index."""

    def __init__(self) -> None:
        index = importlib.import_module("gaoya").minhash.MinHashStringIndex
        bands, rows = BANDS
        self._index = index(32, THRESHOLD, bands, rows, None, "word", True, (5, 5))
        self._signed = index(32, THRESHOLD, 16, 8, None, "word", True, (5, 5))
        self._count = 0

    def sign(self, text: str) -> None:
        """Sign a text, and enter it."""
        self._count += 1
        self._signed.insert_document(self._count, text)

    def find_and_add(self, number: int, text: str) -> Sequence[int]:
        """Return the texts that its own estimate finds alike, and enter this one."""
        found: Sequence[int] = self._index.query(text)
        self._index.insert_document(number, text)
        return found


class Rensa(Peer):
    """rensa's R-MinHash; of what its table finds, what its estimate finds alike. Its bands must be of one length."""

    def __init__(self) -> None:
        self._rensa = importlib.import_module("rensa")
        bands, rows = BANDS
        self._table = self._rensa.RMinHashLSH(THRESHOLD, bands * rows, bands)
        self._signatures: dict[int, Any] = {}

    def sign(self, text: str) -> Any:
        """Sign a text."""
        return self._sign(text, PERMUTATIONS)

    def _sign(self, text: str, permutations: int) -> Any:
        signature = self._rensa.RMinHash(permutations, SEED)
        signature.update(list(shingles(text)))
        return signature

    def find_and_add(self, number: int, text: str) -> Sequence[int]:
        """Return the texts that look alike, and enter this one."""
        bands, rows = BANDS
        signature = self._sign(text, bands * rows)
        candidates = self._table.query(signature)
        found = [other for other in candidates if signature.jaccard(self._signatures[other]) >= THRESHOLD]
        self._table.insert(number, signature)
        self._signatures[number] = signature
        return found


class Datasketch(Peer):
    """datasketch with the hash function xxHash; of what its table finds, what its estimate finds alike."""

    def __init__(self) -> None:
        self._datasketch = importlib.import_module("datasketch")
        self._hash = importlib.import_module("xxhash").xxh32_intdigest
        self._table = self._datasketch.MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
        self._signatures: dict[int, Any] = {}

    def sign(self, text: str) -> Any:
        """Sign a text."""
        signature = self._datasketch.MinHash(PERMUTATIONS, SEED, hashfunc=self._hash, scheme="affine32")
        words = text.lower().encode().split()
        rows = zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)
        signature.update_batch(set(map(b" ".join, rows)))
        return signature

    def find_and_add(self, number: int, text: str) -> Sequence[int]:
        """Return the texts that look alike, and enter this one."""
        signature = self.sign(text)
        candidates = self._table.query(signature)
        found = [other for other in candidates if signature.jaccard(self._signatures[other]) >= THRESHOLD]
        self._table.insert(number, signature, check_duplication=False)
        self._signatures[number] = signature
        return found


class TextDedup(Peer):
    """The method of text-dedup, by its own function for one text; what shares a bucket is a copy, as it says."""

    def __init__(self) -> None:
        numpy = importlib.import_module("numpy")
        method = importlib.import_module("text_dedup.minhash")
        self._embed = method.embed_func
        bands, rows = BANDS
        prime = numpy.uint64((1 << 61) - 1)
        draw = numpy.random.RandomState(SEED)
        drawn = (draw.randint(1, prime, PERMUTATIONS, dtype="u8"), draw.randint(0, prime, PERMUTATIONS, dtype="u8"))
        self._settings = {
            "num_perm": PERMUTATIONS,
            "ngram_size": 5,
            "min_length": 0,
            "hashranges": [(band * rows, (band + 1) * rows) for band in range(bands)],
            "permutations": drawn,
            "hash_func": method.xxh3_32hash,
            "dtype": numpy.uint64,
            "max_hash": numpy.uint32(0xFFFFFFFF),
            "modulo_prime": prime,
        }
        self._tables: list[dict[bytes, list[int]]] = [{} for _ in range(bands)]

    def sign(self, text: str) -> Any:
        """Return what it keeps of a text: each band as bytes."""
        return self._embed(text, 0, **self._settings)["__signatures__"]

    def find_and_add(self, number: int, text: str) -> Sequence[int]:
        """Return the texts that share a bucket, and enter this one."""
        found: set[int] = set()
        for table, band in zip(self._tables, self.sign(text), strict=True):
            bucket = table.setdefault(band, [])
            found.update(bucket)
            bucket.append(number)
        return list(found)


_PEERS: Final[dict[str, Callable[[], Peer]]] = {
    "gaoya": Gaoya,
    "rensa": Rensa,
    "datasketch": Datasketch,
    "text-dedup": TextDedup,
}


def peers() -> dict[str, Callable[[], Peer]]:
    """Return how to make each peer that is installed, by its name and version."""
    there = {}
    for name, make in _PEERS.items():
        try:
            make()
        except ImportError:
            continue
        there[f"{name} {version(name)}"] = make
    return there


def left_out() -> list[str]:
    """Return the peers that are not installed."""
    there = {name.split()[0] for name in peers()}
    return [name for name in _PEERS if name not in there]
