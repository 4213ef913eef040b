from __future__ import annotations

import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest

from dedupe.article import Article
from dedupe.clusters.prior import PRIOR_FOLDER, Priors, load, shipped_priors
from dedupe.clusters.vocabulary import Vocabulary
from dedupe.language_code import language_code
from dedupe.reading import read
from dedupe.settings import EngineSettings
from tests.dedupe.newsroom import START

UNKNOWN = "zyzzogeton"


def weight_of(text: str, language: str) -> float:
    """Return how rare the first term of a text is before the first article of its language."""
    vocabulary = Vocabulary(shipped_priors())
    terms = read(Article(text=text), language, START, EngineSettings()).evidence.terms
    return float(vocabulary.terms.idf[vocabulary.intern(terms.hashes, language_code(language))[0]])


@pytest.mark.parametrize("path", sorted(PRIOR_FOLDER.glob("*.npz")), ids=lambda path: str(path.stem))
def test_a_prior_has_sorted_terms_and_shares(path: Path) -> None:
    prior = load(path)

    assert len(prior.hashes) == len(prior.shares) > 5_000
    assert (prior.hashes[1:] > prior.hashes[:-1]).all()
    assert (prior.shares > 0).all()
    assert (prior.shares <= 1).all()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("the", "government", "earthquake", UNKNOWN)),
        ("de", ("die", "Regierung", "Erdbeben", UNKNOWN)),
        ("fr", ("les", "gouvernement", "séisme", UNKNOWN)),
        ("es", ("los", "gobierno", "terremoto", UNKNOWN)),
        ("fi", ("että", "hallitus", "maanjäristys", UNKNOWN)),
        ("tr", ("için", "İstanbul", "deprem", UNKNOWN)),
        ("ru", ("что", "президент", "землетрясение", UNKNOWN)),
        ("sr", ("које", "председник", "земљотрес", UNKNOWN)),
        ("sr", ("koje", "predsednik", "zemljotres", UNKNOWN)),
        ("ar", ("في", "الرئيس", "زلزال", UNKNOWN)),
        ("hi", ("में", "सरकार", "भूकंप", UNKNOWN)),
        ("ja", ("する", "東京", "地震", "鰻屑")),
        ("zh", ("我们", "北京", "地震", "鰻屑")),
        ("zh", ("我們", "台灣", "地震", "鰻屑")),
    ],
)
def test_common_words_weigh_less_than_rare_ones(language: str, words: tuple[str, ...]) -> None:
    """Fails when term hashes change and the priors were not made anew."""
    weights = [weight_of(word, language) for word in words]

    assert weights == sorted(weights)
    assert weights[0] < 1
    assert weights[-1] - weights[-2] > 1


def test_a_language_without_a_prior_knows_no_word() -> None:
    assert weight_of("eta", "eu") == weight_of(UNKNOWN, "eu")


def test_a_prior_is_read_when_its_language_comes_up(tmp_path: Path) -> None:
    shutil.copy(PRIOR_FOLDER / "en.npz", tmp_path)
    (tmp_path / "xx.npz").write_bytes(b"broken")
    priors = Priors(tmp_path)

    assert len(priors) == 2
    assert set(priors) == {language_code("en"), language_code("xx")}
    assert priors[language_code("en")] is priors[language_code("en")]
    assert language_code("de") not in priors
    assert priors.checksums["xx"] == zlib.crc32(b"broken")
    with pytest.raises(ValueError, match="pickle"):
        priors[language_code("xx")]


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xx.npz"
    np.savez(path, words=np.zeros(3))

    with pytest.raises(KeyError, match="hashes"):
        load(path)
