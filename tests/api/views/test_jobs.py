"""A re-index in sentences."""

from __future__ import annotations

from api.views.jobs import ACTS, SETTINGS, churn_of, other_settings, progress_of, share_done
from dedupe.settings import EngineSettings

BUILDING = {
    "state": "building",
    "articles_done": 50,
    "articles_total": 200,
    "articles_per_second": 12.4,
    "seconds_left": 12.1,
}


def test_progress_is_told() -> None:
    assert progress_of(BUILDING) == "50 of 200 articles, 12 a second, 12 s left"
    assert progress_of(BUILDING | {"seconds_left": None}) == "50 of 200 articles, 12 a second"
    assert progress_of(BUILDING | {"state": "ready"}) == "50 of 200 articles"
    assert share_done(BUILDING) == 25
    assert share_done(BUILDING | {"articles_done": 0, "articles_total": 0}) == 0


def test_churn_is_told() -> None:
    difference = {
        "article_count": 1_000, "moved_count": 1, "churn": 0.001, "agreement": 0.999, "cluster_count": 90,
        "former_cluster_count": 100, "merged_count": 12, "split_count": 1, "opened_count": 1,
    }  # fmt: skip
    assert churn_of(difference, "ready") == [
        "1 article of 1,000 would be in another cluster: under 1 % churn.",
        "90 clusters instead of 100: 12 merged, 1 split, 1 new.",
        "Agreement with the clustering before: over 99 %; 100 % is the same, 0 % is chance.",
    ]
    assert churn_of(difference, "activated")[0] == "1 article of 1,000 came to another cluster: under 1 % churn."


def test_what_is_ready_can_be_approved_or_discarded() -> None:
    assert [act.name for act in ACTS["ready"]] == ["activate", "discard"]


def test_every_setting_is_told_in_words() -> None:
    present = EngineSettings().values()
    assert set(SETTINGS) == set(present)
    assert other_settings({"settings": present}, present) == []
    assert other_settings({"settings": present | {"keep_articles": 25_000, "prior": False}}, present) == [
        "Newest articles that are compared with however old they are: 25,000, now 20,000",
        "Use word frequencies that were counted elsewhere: no, now yes",
    ]
