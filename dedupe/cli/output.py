"""Where results go: a file that appears whole or not at all, or standard output."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import orjson

from dedupe.cli.failures import CommandFailed, ExitCode

STANDARD_OUTPUT: Final = "-"


def print_json(values: Mapping[str, Any]) -> None:
    """Print one line of JSON."""
    say(orjson.dumps(values, option=orjson.OPT_NON_STR_KEYS).decode())


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def check_output(name: str, *inputs: str) -> None:
    """Raise `CommandFailed` when nothing can be written there, or an input would be lost: before the work."""
    target = Path(name)
    if name == STANDARD_OUTPUT or _is_device(target):
        return
    if target.is_dir():
        raise CommandFailed(f"{name} is a folder; name a file in it", ExitCode.USAGE)
    if not target.absolute().parent.is_dir():
        raise CommandFailed(f"the folder of {name} does not exist; create it first", ExitCode.USAGE)
    if not os.access(target.absolute().parent, os.W_OK):
        raise CommandFailed(f"the folder of {name} cannot be written to by this user", ExitCode.USAGE)
    if any(target.exists() and Path(read).exists() and target.samefile(read) for read in inputs):
        raise CommandFailed(f"{name} is read as well, and would be lost; name another file to write", ExitCode.USAGE)


@contextmanager
def open_output(name: str) -> Iterator[BinaryIO]:
    """Open a file to write, packed when its name ends in .gz; it replaces an older one when all went well.

    Raises `CommandFailed` when it cannot be written, or not to its end.
    """
    try:
        with _opened(name) as file:
            yield file
    except BrokenPipeError:
        raise  # whoever read our output has seen enough: no failure
    except OSError as problem:
        raise CommandFailed(f"{name} cannot be written: {problem.strerror or problem}", ExitCode.USAGE) from problem


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == STANDARD_OUTPUT:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(name).resolve()
    if _is_device(target):
        with target.open("wb") as device:
            yield device
        return
    with _replacing(target) as partial, partial.open("wb") as file:
        if target.suffix == ".gz":
            # no file name and no time in the header: equal results are equal files
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Yield a path beside ``target`` that takes its place when all went well, and vanishes otherwise."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _is_device(target: Path) -> bool:
    """Return whether ``target`` is there, and neither a file nor a folder: a terminal, a pipe, /dev/null."""
    return target.exists() and not target.is_file() and not target.is_dir()
