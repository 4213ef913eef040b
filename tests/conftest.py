"""What holds for every test: the same examples in every run, and no verdict that depends on speed."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("storyfold", deadline=None, derandomize=True)
settings.load_profile("storyfold")
