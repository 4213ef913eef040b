"""docs/api.md: its examples answer what it says, and it leaves out no operation, parameter or code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from api.problems import CODES, STATUS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples() -> Iterator[tuple[str, str, list[Any]]]:
    """Yield each command with the status and the lines of JSON that it should answer."""
    for block in BLOCK.findall(DOCUMENT):
        for example in block.split("$ curl ")[1:]:
            command, status, *lines = example.splitlines()
            yield f"curl --silent --max-time 60 {command}", status.split()[1], [json.loads(line) for line in lines]


def said(expected: Any, answered: Any) -> bool:
    """Return whether the answer holds what was expected of it."""
    if isinstance(expected, dict):
        return all(key in answered and said(value, answered[key]) for key, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(answered) and all(map(said, expected, answered))
    return bool(expected == answered)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are curl commands")
def test_examples_answer_what_they_say(server: Any) -> None:
    ids: dict[str, str] = {"127.0.0.1:8000": server.url.removeprefix("http://")}
    for example, status, expected in examples():
        command = reduce(lambda text, name: text.replace(name, ids[name]), ids, example)
        answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=90).stdout
        head, _, body = answer.replace("\r\n", "\n").partition("\n\n")
        assert head.split()[1] == status, (command, answer)
        answered = [json.loads(line) for line in body.splitlines()] if expected else []
        assert said(expected, answered), (command, body)
        for entry in answered:
            if "job_id" in entry:
                ids["JOB_1"] = entry["job_id"]
            if entry.get("seq") and "article_id" in entry:
                ids[f"ARTICLE_{entry['seq']}"] = entry["article_id"]
                ids[f"CLUSTER_{entry['seq']}"] = entry["cluster_id"]


def test_every_operation_and_parameter_is_documented(newsroom: Any) -> None:
    for path, methods in newsroom.app.openapi()["paths"].items():
        assert path.rpartition("/")[2] in DOCUMENT
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                assert parameter["name"].lower() in DOCUMENT.lower(), (path, parameter["name"])


def test_every_code_is_documented() -> None:
    used = {kind.code for kind in STATUS} | set(CODES.values())
    for source in (ROOT / "api").rglob("*.py"):
        used |= set(re.findall(r'Problem\(\s*\d{3}, "(\w+)"', source.read_text(encoding="utf-8")))
    assert "overloaded" in used
    table = DOCUMENT.partition("## Problems")[2]
    assert [code for code in sorted(used) if f"`{code}`" not in table] == []
