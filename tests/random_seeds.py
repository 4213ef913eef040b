"""Seeds of what tests draw at random: a few in every run, many with `make soak`."""

from __future__ import annotations

from typing import Any

import pytest


def seeds(few: int, many: int) -> list[Any]:
    """Return ``many`` seeds from 0 on, all but the first ``few`` marked `soak`."""
    return [*range(few), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(few, many))]
