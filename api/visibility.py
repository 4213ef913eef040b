"""Who may see what is embargoed."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request

from api.deps import ServiceDep
from api.middleware import bearer_digest
from dedupe.store.protocol import Catalogue


def may_see_embargoed(request: Request) -> bool:
    """Tell whether the sender of a request may see embargoed articles: the holder of the configured admin key may."""
    given = bearer_digest(request.headers)
    admins = request.app.state.service.settings.admin_key_digests
    matches = [hmac.compare_digest(given, digest) for digest in admins] if given else []
    return any(matches)


async def _catalogue(request: Request, service: ServiceDep) -> Catalogue:
    return service.catalogue.unveiled if may_see_embargoed(request) else service.catalogue


CatalogueDep = Annotated[Catalogue, Depends(_catalogue)]
"""What the sender of a request may see."""
