"""What holds for every test: the same examples in every run, and no verdict that depends on speed."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("storyfold", deadline=None, derandomize=True)
settings.load_profile("storyfold")

# What runs in the workers is measured, and not the servers that they start: each start would take a third longer.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
