"""What is known of a language before its first article: how many articles hold each term.

One file a language in `data/prior/`, counts only: 64-bit term hashes and the share of articles.
`benchmarks/prior.py` makes them. A language without a file starts from the stream alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from dedupe.clusters.vocabulary import Prior
from dedupe.language_code import language_code

PRIOR_FOLDER: Final = Path(__file__).parents[2] / "data" / "prior"


@cache
def shipped_priors() -> Mapping[int, Prior]:
    """Return the prior of each language that has one, by language code."""
    return {language_code(path.stem): load(path) for path in sorted(PRIOR_FOLDER.glob("*.npz"))}


def load(path: Path) -> Prior:
    """Read one prior; raise ValueError when the file holds something else."""
    with np.load(path, allow_pickle=False) as arrays:
        return Prior(arrays["hashes"], arrays["shares"])
