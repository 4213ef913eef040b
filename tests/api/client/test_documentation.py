"""docs/client.md: its examples run, and it leaves out no method."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api.client import AsyncClient, Client
from api.client.methods import Call, Iteration, Methods
from tests.soak.serving import Server

DOCUMENT = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


def test_the_examples_run_one_after_the_other(served: Server, capsys: pytest.CaptureFixture[str]) -> None:
    known: dict[str, Any] = {}
    for example in EXAMPLES:
        exec(example.replace("http://127.0.0.1:8000", served.url), known)  # noqa: S102  our own examples
    known["client"].close()
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "2 refused: text: an article needs a title or a text; both are empty"
    assert said[2].startswith("1 opened clu_")
    assert said[-2:] == ["3 Ferry aground off Sandholm", "3"]


def test_every_method_is_named() -> None:
    methods = [name for name, method in vars(Methods).items() if isinstance(method, Call | Iteration)]
    assert len(methods) > 40
    assert [name for name in methods if f"`{name}`" not in DOCUMENT] == []


def test_every_method_says_what_it_does_with_either_client() -> None:
    for kind in (Client, AsyncClient):
        methods = [
            getattr(kind, name) for name, method in vars(Methods).items() if isinstance(method, Call | Iteration)
        ]
        assert all(method.__doc__ for method in methods)
    with Client("http://127.0.0.1:1") as client:
        assert client.place.__name__ == "place"
