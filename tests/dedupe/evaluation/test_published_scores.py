"""Our figures are those of the script that published figures come from."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from dedupe.evaluation.gold import read_gold, read_predictions
from dedupe.evaluation.report import evaluate

SHARED = Path(__file__).parents[4] / "shared"
SCRIPT = SHARED / "tools" / "score.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="../shared is not here: nothing to compare with")


@pytest.mark.parametrize("name", ["giveme5w", "ecbplus", "gedikli", "reuters21578"])
def test_same_scores(name: str, tmp_path: Path) -> None:
    gold = read_gold(str(SHARED / "datasets" / name / "docs.jsonl.gz"))
    predictions = tmp_path / "predictions.jsonl"
    draw = random.Random(name)
    # Right three times of four, so that every count of both sides is put to work.
    copies = dict(gold.copies.copies or ()) if gold.copies else {}
    with predictions.open("w", encoding="utf-8") as file:
        for article_id in gold.ids:
            event = gold.events.get(article_id, article_id)
            cluster = event if draw.random() < 0.75 else f"wrong{draw.randrange(50)}"
            group = copies.get(article_id, article_id) if draw.random() < 0.95 else f"wrong{draw.randrange(20)}"
            file.write(json.dumps({"id": article_id, "cluster_id": cluster, "duplicate_group_id": group}) + "\n")

    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(SHARED / "datasets" / name), str(predictions)],
        capture_output=True,
        check=True,
    )
    published = json.loads(ran.stdout)
    report = evaluate(gold, read_predictions(str(predictions)))

    if report.clusters:
        ours = report.clusters
        assert published["cluster"] == pytest.approx(
            {
                "articles": ours.article_count,
                "predicted": ours.predicted_count,
                "gold": ours.gold_count,
                "largest_predicted": ours.largest_predicted,
                "bcubed_p": ours.bcubed.precision,
                "bcubed_r": ours.bcubed.recall,
                "bcubed_f1": ours.bcubed.f1,
                "bcubed_f1_floor": ours.bcubed_floor,
                "pair_p": ours.pairs.precision,
                "pair_r": ours.pairs.recall,
                "pair_f1": ours.pairs.f1,
                "ari": ours.ari,
                "nmi": ours.nmi,
            }
        )
    assert report.copies
    assert published["near_dup"] == pytest.approx(
        {
            "positives": report.copies.labelled_count,
            "true": report.copies.true_count,
            "false": report.copies.false_count,
            "p": report.copies.agreement.precision,
            "r": report.copies.agreement.recall,
            "f1": report.copies.agreement.f1,
        }
    )
