"""Count how many articles hold each term, for the prior that a fresh install starts from.

    python benchmarks/prior.py allsides data/prior/en.npz

Counts the unlabelled articles only, keeps terms of at least MINIMUM articles, and writes hashes
and shares: no text, no words.
"""

from __future__ import annotations

import sys
from collections import Counter
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
    kept = sorted(term for term, count in counts.items() if count >= MINIMUM)
    shares = np.array([counts[term] / articles for term in kept], dtype=np.float32)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(target, hashes=np.array(kept, dtype=np.uint64), shares=shares)
    print(f"{target}: {len(kept):,} terms of {articles:,} articles")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
