"""The least that a service of this kind does: take a body in and give it back. The peer of `http_load`.

python benchmarks/echo.py  # prints its address as JSON, as `storyfold serve --json` does
"""

from __future__ import annotations

import json
import socket

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/v1/articles")
async def echo(request: Request) -> Response:
    """Answer with the body that came."""
    return Response(await request.body(), 201, media_type="application/json")


def main() -> None:
    """Serve on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
        config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False)
        uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main()
