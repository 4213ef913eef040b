"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

DEFAULT_STORE: Final = "sqlite:///./storyfold.db"

AsJson = Annotated[bool, typer.Option("--json", help="End standard output with one line of JSON.")]
Store = Annotated[str, typer.Option("--store", help="URL of the store.", metavar="URL")]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format", help="The format, such as jsonl or csv; by default what the file's name ends in.", metavar="NAME"
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
Output = Annotated[
    str,
    typer.Option("--output", "-o", help="Where to; gzip if it ends in .gz; - is standard output.", metavar="FILE"),
]
KeyFile = Annotated[
    Path | None, typer.Option("--api-key-file", help="A file with the server's key on its first line.", metavar="FILE")
]
