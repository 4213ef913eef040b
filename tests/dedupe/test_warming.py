from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dedupe.engine import Engine
from dedupe.store.memory import MemoryStore
from dedupe.warming import warm_up
from tests.dedupe.newsroom import Newsroom

ROOT = Path(__file__).parents[2]

LIVE = """
import random, sys
import numpy as np
from dedupe.engine import Engine
from dedupe.store.memory import MemoryStore
from dedupe.text.source_lines import SourceLines
from dedupe.warming import warm_up
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.test_engine import WARY, live

def compiled():
    return {
        (name, attribute, str(signature))
        for name, module in list(sys.modules.items()) if name.startswith("dedupe.")
        for attribute, value in vars(module).items()
        for signature in getattr(value, "signatures", ())
    }

warm_up()
before = compiled()
store = MemoryStore()
engine = Engine(store, model=WARY)
live(engine, Newsroom(1), 1_900, random.Random(1))
engine.preview(next(Newsroom(2).stream(1)))
engine.digest()
assert Engine(store, model=WARY).digest() == engine.digest()
lines = SourceLines(1 << 6)
for first in range(40):
    lines.add(7, np.arange(first, first + 9, dtype=np.uint64))
assert len(before) > 10
print(sorted(compiled() - before))
"""


def test_warming_up_changes_no_answer() -> None:
    room = Newsroom(1)
    submission = room.report(room.happen())
    before = Engine(MemoryStore()).add(submission)
    warm_up()

    assert Engine(MemoryStore()).add(submission) == before


@pytest.mark.compiled
def test_nothing_is_compiled_after_warming_up() -> None:
    """A sender would wait seconds for it, and the image would not be warm."""
    ran = subprocess.run([sys.executable, "-c", LIVE], cwd=ROOT, check=True, capture_output=True, text=True)

    assert ran.stdout.strip() == "[]"
