"""What is known of a language before its first article: how many articles hold each term.

One file a language in `data/prior/`, counts only: 64-bit term hashes and the share of articles.
`benchmarks/prior.py` and `benchmarks/word_priors.py` make them. A language without a file starts from the stream alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import numpy as np

from dedupe.clusters.vocabulary import Prior
from dedupe.language_code import language_code

PRIOR_FOLDER: Final = Path(__file__).parents[2] / "data" / "prior"


class Priors(Mapping[int, Prior]):
    """The priors of a folder by language code, each read when its language first comes up.

    >>> language_code("de") in shipped_priors()
    True
    """

    def __init__(self, folder: Path) -> None:
        self._files = {language_code(path.stem): path for path in sorted(folder.glob("*.npz"))}
        self._loaded: dict[int, Prior] = {}

    def __getitem__(self, code: int) -> Prior:
        if code not in self._loaded:
            self._loaded[code] = load(self._files[code])
        return self._loaded[code]

    def __iter__(self) -> Iterator[int]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    @cached_property
    def checksums(self) -> Mapping[str, int]:
        """A checksum of each file, by its language."""
        return {path.stem: zlib.crc32(path.read_bytes()) for path in self._files.values()}


@cache
def shipped_priors() -> Priors:
    """Return the priors of the languages that have one."""
    return Priors(PRIOR_FOLDER)


def load(path: Path) -> Prior:
    """Read one prior; raise ValueError when the file holds something else."""
    with np.load(path, allow_pickle=False) as arrays:
        return Prior(arrays["hashes"], arrays["shares"])
