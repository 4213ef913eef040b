"""The service on a port: one process, one writer, a graceful end."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass

import structlog
import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the service listens."""

    host: str = "127.0.0.1"
    port: int = 8000


def serve(app: FastAPI, address: Address) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those under way and return."""
    _log_as_json()
    config = uvicorn.Config(
        app,
        host=address.host,
        port=address.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run()


def _log_as_json() -> None:
    """Write one JSON object a line to standard error; libraries only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
