"""Articles to send to the server that a browser looks at."""

from __future__ import annotations

from typing import Any

from tests.api.pages.articles import ARTICLES
from tests.soak.serving import Server

NEWS = {
    "title": "Avalanche buries road to Karsal",
    "text": "An avalanche buried the only road to Karsal on Monday.",
    "source": "Bote",
}


def post(server: Server, *articles: dict[str, Any]) -> list[dict[str, Any]]:
    """Send articles; return their assignments."""
    with server.client() as client:
        return [client.post("/v1/articles", json=article).json() for article in articles or ARTICLES]
