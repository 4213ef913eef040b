from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dedupe.article import Article
from dedupe.clusters.prior import load, shipped_priors
from dedupe.clusters.vocabulary import Vocabulary
from dedupe.language_code import language_code
from dedupe.reading import read
from dedupe.settings import EngineSettings
from tests.dedupe.newsroom import START


def test_english_has_a_prior_of_sorted_terms_and_shares() -> None:
    prior = shipped_priors()[language_code("en")]

    assert len(prior.hashes) == len(prior.shares) > 10_000
    assert (np.diff(prior.hashes.astype(np.float64)) >= 0).all()
    assert (prior.shares > 0).all()
    assert (prior.shares <= 1).all()


def test_common_words_weigh_less_than_rare_ones() -> None:
    """Fails when term hashes change and the prior was not counted anew."""
    code = language_code("en")
    vocabulary = Vocabulary(shipped_priors())
    weights = []
    for word in ("the", "said", "government", "earthquake", "zyzzogeton"):
        terms = read(Article(text=word), "en", START, EngineSettings()).evidence.terms
        weights.append(float(vocabulary.terms.idf[vocabulary.intern(terms.hashes, code)[0]]))

    assert weights == sorted(weights)
    assert weights[0] < 0.5
    assert weights[3] > 4


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xx.npz"
    np.savez(path, words=np.zeros(3))

    with pytest.raises(KeyError, match="hashes"):
        load(path)
