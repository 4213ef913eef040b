"""The service on a port: one process, one writer, a graceful end."""

from __future__ import annotations

import logging
import socket
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
    _Server(config, app).run()


class _Server(uvicorn.Server):
    """Lets those who wait for changes go before it waits for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what was accepted, and end."""
        self._app.state.service.feed.close()
        await super().shutdown(sockets)


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
