"""The log: one JSON object a line on standard error, and never what an article says."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import structlog

MAX_PLACES: Final = 12
_ROOT: Final = Path(__file__).parents[1]


def log_as_json() -> None:
    """Write what the service and its libraries have to say as JSON; libraries only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def told(error: BaseException) -> dict[str, Any]:
    """Return what the log may know of a defect: its kind and where it was.

    Not its message, nor its causes' messages: those of a database repeat what was to be stored.

    >>> told(KeyError("Minister resigns"))
    {'error': 'KeyError', 'places': []}
    """
    frames = traceback.extract_tb(error.__traceback__)[-MAX_PLACES:]
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__qualname__, "places": places}


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


class _JsonLines(logging.Formatter):
    """Writes a library's record as the service writes its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line; of an exception only what `told` says."""
        error = record.exc_info[1] if record.exc_info else None
        entry = {
            "logger": record.name,
            "event": record.getMessage() if error is None else "defect",
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC),
        }
        return orjson.dumps(entry | (told(error) if error else {}), option=orjson.OPT_UTC_Z).decode()
