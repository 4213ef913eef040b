"""Whatever the OpenAPI document allows is answered as it says, and whatever it forbids is refused.

schemathesis asks a server of our own, with all of its checks on: no error of the server, no status, header, media
type or body that the document does not have, nothing without a key, nothing valid refused, nothing invalid taken.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest

from tests.soak.serving import serving

SCHEMATHESIS = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
SETTINGS = Path(__file__).with_name("schema")
KEY = "a-key-that-opens-everything-0123456789"
REQUESTS = 20_000
EXAMPLES = int(os.environ.get("STORYFOLD_SCHEMA_EXAMPLES", "1000"))
"""So many of each operation, beside those at the edges of its schema, make more than `REQUESTS`."""


@pytest.mark.soak
@pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not here; make soak installs it")
def test_no_request_finds_the_service_off_its_document(tmp_path: Path, report: Callable[[str], None]) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{KEY}\n", encoding="utf-8")
    keys.chmod(0o600)
    with serving(tmp_path / "schema.db", options=("--api-key-file", str(keys))) as server:
        command = [SCHEMATHESIS, "--config-file", SETTINGS / "schemathesis.toml", "run", f"{server.url}/openapi.json"]
        options = ["--checks", "all", "--max-examples", str(EXAMPLES)]
        environment = os.environ | {"SOAK_KEY": KEY, "SCHEMATHESIS_HOOKS": str(SETTINGS / "hooks.py")}
        called = [*map(str, command), *options]
        asked = run(called, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert server.process.poll() is None
    said = re.search(r"([\d,]+) generated.*", asked.stdout)
    assert asked.returncode == 0, asked.stdout[-20_000:] + asked.stderr
    assert said
    report(said[0])
    assert EXAMPLES < 1000 or int(said[1].replace(",", "")) >= REQUESTS
