"""What holds for every test: the same examples in every run, and no verdict that depends on speed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("storyfold", deadline=None, derandomize=True)
settings.load_profile("storyfold")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of the fewest tests, which take longest: at the end, other workers would wait for them."""
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: counts[item.path])
