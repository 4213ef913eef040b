"""Where results are written down: benchmarks/RESULTS.md, one part after the other, each written by its benchmark."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).with_name("RESULTS.md")


def write_part(path: Path, text: str) -> None:
    """Put a part, which begins with its title (``# Title``), in the place of the one of that title, else behind all."""
    title = text.partition("\n")[0]
    parts = _parts(path.read_text(encoding="utf-8")) if path.exists() else {}
    parts[title] = text
    path.write_text("\n".join(f"{part.strip()}\n" for part in parts.values()), encoding="utf-8")


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    title = ""
    for line in text.splitlines(keepends=True):
        title = line.rstrip() if line.startswith("# ") else title
        parts[title] = parts.get(title, "") + line
    return parts


def machine() -> str:
    """Describe this machine and what runs on it, without naming it."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = (line.split(":", 1) for line in information.read_text().splitlines() if line.startswith("model name"))
        model = next((value.strip() for _, value in lines), model)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} × {model}, {platform.system()}, {python}"
