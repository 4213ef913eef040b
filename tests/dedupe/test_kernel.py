from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dedupe
from dedupe.kernel import kernel, sources_digest

LOOK_FOR_A_COPY = """
import numpy as np
from dedupe.clusters.index import ClusterIndex
from dedupe.duplicates.containment import Rule, best_copy
from dedupe.duplicates.passages import Text

words, nothing = np.arange(50, dtype=np.uint32), np.empty(0, dtype=np.uint32)
index = ClusterIndex({}, 64)
index.keep_copy_evidence(index.new_slot(1, 0.0, 0.0), (words, nothing, 100))
text = Text(words, words, np.zeros(54, np.bool_), nothing, 0.0, 0)
nobody = np.empty(0, np.int32)
print(best_copy(text, np.zeros(1, np.int32), nobody, index.space, Rule(0.5, 0.3, 1.0)).slot)
"""


def test_a_kernel_is_the_function_it_was_made_from() -> None:
    @kernel
    def add(left: int, right: int) -> int:
        """Add."""
        return left + right

    assert add(2, 3) == 5
    assert add.__doc__ == "Add."


def test_the_sources_are_those_of_this_process() -> None:
    assert sources_digest() == sources_digest()
    assert len(sources_digest()) == 32


@pytest.mark.soak
@pytest.mark.compiled
def test_machine_code_made_from_other_sources_is_not_used(tmp_path: Path) -> None:
    """Else an upgrade would go on with what one kernel had copied from another."""
    package = tmp_path / "dedupe"
    shutil.copytree(Path(dedupe.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))

    def look() -> str:
        ran = subprocess.run(
            [sys.executable, "-c", LOOK_FOR_A_COPY], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()

    assert look() == "0"
    callee = package / "clusters" / "similarity.py"
    callee.write_text(callee.read_text().replace("shared += ours == theirs", "shared += 0"))
    assert look() == "-1"

    for path in package.rglob("*.py"):
        path.write_text(path.read_text().replace("TextColumns", "TextArrays"))
    assert look() == "-1", "types that code was compiled for may be gone"
