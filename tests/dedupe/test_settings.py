from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dedupe.settings import EngineSettings


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"shingle_size": 0}, "shingle_size must lie in 1..32, not 0"),
        ({"shingle_size": 33}, "not 33"),
        ({"bands": 43}, "bands x rows must lie in 1..128, not 43 x 3"),
        ({"rows": 0}, "not 42 x 0"),
        ({"coverage": 0.0}, "coverage must lie between 0 and 1, not 0.0"),
        ({"length_ratio": 1.0}, "length_ratio must lie between 0 and 1"),
        ({"copy_window": timedelta(0)}, "longer than nothing"),
        ({"cluster_window": timedelta(days=-1)}, "longer than nothing"),
    ],
)
def test_values_out_of_range_are_refused_with_the_value(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        EngineSettings(**changed)


def test_a_signature_depends_on_shingles_and_bands_but_not_on_windows() -> None:
    shipped = EngineSettings().signature_identity()

    assert EngineSettings(keep_articles=5, copy_window=timedelta(days=1)).signature_identity() == shipped
    assert EngineSettings(shingle_size=4).signature_identity() != shipped
    assert EngineSettings(bands=32, rows=4).signature_identity() != shipped
    assert all(isinstance(value, int | str) for value in shipped.values())
