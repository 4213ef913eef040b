"""A desk to look at: the few articles that the pages are asked to show."""

from __future__ import annotations

from typing import Any

import httpx

FERRY = (
    "The ferry Sandholm ran aground at dawn off the northern breakwater, and all 212 people on board were brought "
    "ashore by two tugs before noon, the coast guard said on Monday."
)
BANK = (
    "Halvern Mutual and Eastlow Savings agreed to merge in an all-share deal worth 8.9 billion crowns, creating the "
    "third largest lender of the country with 2.3 million customers."
)
SNEAKY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
ARTICLES = [
    {"title": "Ferry aground off Sandholm", "text": FERRY, "source": "Courier", "published_at": "2026-03-02T08:00:00Z"},
    {"title": "212 safe", "text": f"{FERRY} More follows.", "source": "Herald", "published_at": "2026-03-02T10:30:00Z"},
    {"title": "Banks agree to merge", "text": BANK, "source": "Courier", "published_at": "2026-03-04T10:00:00Z"},
]
SNEAKY_ARTICLE = {
    "title": SNEAKY,
    "text": f"A storm. {SNEAKY} {SNEAKY}",
    "source": SNEAKY,
    "authors": [SNEAKY],
    "url": f"https://x.example/{SNEAKY}",
}


async def post_all(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Send the articles; return their assignments."""
    return [(await client.post("/v1/articles", json=article)).json() for article in ARTICLES]
