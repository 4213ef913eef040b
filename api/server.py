"""The service on a port: one process, one writer, a graceful end."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from api.logs import log_as_json
from api.streaming import Connected

GRACE_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the service listens."""

    host: str = "127.0.0.1"
    port: int = 8000


def serve(app: FastAPI, address: Address) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those under way and return."""
    log_as_json()
    config = uvicorn.Config(
        Connected(app),
        host=address.host,
        port=address.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config, app).run()


class _Server(uvicorn.Server):
    """Lets those go who wait for something before it waits for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what was accepted, and end."""
        self._app.state.service.let_go()
        await super().shutdown(sockets)
