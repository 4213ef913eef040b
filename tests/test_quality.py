"""The sample stream through the real command: what it reaches must not drop.

The floors hold for the sample with the digest beside them. Measure and pin again when the sample changes, or when the
figures rise: `python tests/test_quality.py` prints the new file; it never lowers a floor without `--lower`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest

from dedupe.evaluation.gold import read_gold, read_predictions
from dedupe.evaluation.report import evaluate

SAMPLE: Final = Path(__file__).parents[1] / "data" / "sample"
FLOORS: Final = Path(__file__).with_name("floors.json")
TOLERANCE: Final = 0.0005


def sample_digest() -> str:
    """Return a digest of articles and labels."""
    digest = hashlib.blake2b(digest_size=16)
    for name in ("articles.jsonl", "gold.jsonl"):
        digest.update((SAMPLE / name).read_bytes())
    return digest.hexdigest()


def measured(folder: Path) -> dict[str, float]:
    """Cluster the sample as users do, and score the answer."""
    output, command = folder / "clusters.jsonl", Path(sys.executable).with_name("storyfold")
    subprocess.run([command, "cluster", SAMPLE / "articles.jsonl", "-o", output], check=True, capture_output=True)
    report = evaluate(read_gold(str(SAMPLE / "gold.jsonl")), read_predictions(str(output)))
    assert report.clusters
    assert report.copies
    return {
        "bcubed_f1": report.clusters.bcubed.f1,
        "bcubed_precision": report.clusters.bcubed.precision,
        "near_duplicate_f1": report.copies.agreement.f1,
        "near_duplicate_precision": report.copies.agreement.precision,
    }


@pytest.fixture(scope="module")
def floors() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return read


def test_the_floors_belong_to_this_sample(floors: dict[str, Any]) -> None:
    assert floors["sample"] == sample_digest(), "the sample changed: measure and pin again"


def test_quality_has_not_dropped(floors: dict[str, Any], tmp_path: Path) -> None:
    reached = measured(tmp_path)
    dropped = {name: value for name, value in reached.items() if value < floors["floors"][name] - TOLERANCE}

    assert not dropped, f"below the floors {floors['floors']}"
    assert reached.keys() == floors["floors"].keys()


def main() -> None:
    """Print floors for the present sample and code."""
    with tempfile.TemporaryDirectory() as folder:
        reached = {name: round(value, 4) for name, value in measured(Path(folder)).items()}
    known = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {"floors": {}, "sample": ""}
    lower = [name for name, value in reached.items() if value < known["floors"].get(name, 0.0)]
    if lower and known["sample"] == sample_digest() and "--lower" not in sys.argv:
        sys.exit(f"lower than before: {', '.join(lower)}; give --lower if that is meant")
    print(json.dumps({"sample": sample_digest(), "floors": reached}, indent=2))


if __name__ == "__main__":
    main()
