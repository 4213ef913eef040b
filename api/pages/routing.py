"""The routes of all pages."""

from __future__ import annotations

from typing import Final

from api.pages import article, assets, cluster, compare, editing, front, health, jobs, reference, session

PAGES: Final = (
    assets.router,
    front.router,
    cluster.router,
    article.router,
    compare.router,
    editing.router,
    health.router,
    jobs.router,
    session.router,
    reference.router,
)
