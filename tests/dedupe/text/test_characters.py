"""The shipped table of characters: it never changes, and it is what the script makes of Unicode 14.0."""

from __future__ import annotations

import hashlib
import importlib.util
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from dedupe.text.characters import UNICODE_VERSION, characters

SCRIPT = Path(__file__).parents[3] / "scripts" / "character_table.py"


def test_the_table_never_changes() -> None:
    digest = hashlib.sha256(b"".join(table.tobytes() for table in characters()))
    assert digest.hexdigest() == "b28f0bce78f035f7c3350012a5e921aa9609b0046159a5e5b24d3a751b29e8b2"


@pytest.mark.compiled
@pytest.mark.skipif(unicodedata.unidata_version != UNICODE_VERSION, reason="this Python has another Unicode")
def test_the_script_makes_the_shipped_table() -> None:
    spec = importlib.util.spec_from_file_location("character_table", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for name, table in script.build().items():
        assert np.array_equal(table, getattr(characters(), name))


def test_the_table_is_read_once() -> None:
    assert characters() is characters()


def test_the_first_page_is_ascii() -> None:
    pages = characters().pages
    assert pages[0] == 0
    assert np.count_nonzero(pages == 0) == 1
