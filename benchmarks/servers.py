"""Servers that benchmarks start, each a process of its own that ends with the benchmark."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ATTEMPTS: Final = 36_000
PAUSE_SECONDS: Final = 0.05


@contextmanager
def serving(store: Path) -> Iterator[tuple[str, int]]:
    """Serve a store; yield its address and the number of the process."""
    command = ["-c", "from api.cli import main; main()", "serve", "--port", "0", "--json"]
    with started([*command, "--store", f"sqlite:///{store}"]) as server:
        yield server


@contextmanager
def echoing() -> Iterator[tuple[str, int]]:
    """Serve what gives back what it gets; yield its address and the number of the process."""
    with started([str(Path(__file__).with_name("echo.py"))]) as server:
        yield server


@contextmanager
def started(arguments: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Run Python with arguments, and wait for the line in which it says its address."""
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        told = process.stdout.readline() if process.stdout else ""
        try:
            if not told:
                raise RuntimeError(f"no server came up: {' '.join(arguments)}")
            url = json.loads(told)["url"]
            _wait(url)
            yield url, process.pid
        finally:
            process.terminate()


def _wait(url: str) -> None:
    """Return as soon as a server takes connections: it says where it will listen before it has replayed its log."""
    address = urlsplit(url)
    for _ in range(ATTEMPTS):
        try:
            socket.create_connection((address.hostname, address.port), timeout=PAUSE_SECONDS).close()
        except OSError:
            time.sleep(PAUSE_SECONDS)
        else:
            return
    raise RuntimeError(f"{url} takes no connections")
