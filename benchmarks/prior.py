"""Count how many articles hold each term, for the prior that a fresh install starts from.

    python benchmarks/prior.py allsides data/prior/en.npz

Counts the unlabelled articles only, keeps terms of at least MINIMUM articles, and writes hashes
and shares: no text, no words.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from streams import Set, stream

MINIMUM = 5


def main(name: str, target: Path) -> None:
    """Write the prior counted on the set ``name``."""
    counts: Counter[int] = Counter()
    articles = 0
    for labelled in stream(Set(name)):
        if labelled.gold is None:
            counts.update(labelled.reading.evidence.terms.hashes.tolist())
            articles += 1
    write(target, {term: count / articles for term, count in counts.items() if count >= MINIMUM})


def write(target: Path, shares: Mapping[int, float]) -> None:
    """Write the share of articles that hold each term, by its hash."""
    target.parent.mkdir(parents=True, exist_ok=True)
    terms = sorted(shares)
    kept = np.array([shares[term] for term in terms], dtype=np.float32)
    np.savez_compressed(target, hashes=np.array(terms, dtype=np.uint64), shares=kept)
    print(f"{target}: {len(terms):,} terms")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
