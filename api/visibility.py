"""Who may see what is embargoed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.access import holder_of
from api.deps import ServiceDep
from dedupe.access import Scope
from dedupe.archive import Archive
from dedupe.store.protocol import Catalogue


def may_see_embargoed(request: Request) -> bool:
    """Tell whether the sender of a request may see embargoed articles; where nobody is asked for a key, nobody may."""
    holder = holder_of(request.scope)
    return holder is not None and holder.opens(Scope.EMBARGO)


async def _catalogue(request: Request, service: ServiceDep) -> Catalogue:
    return service.catalogue.unveiled if may_see_embargoed(request) else service.catalogue


CatalogueDep = Annotated[Catalogue, Depends(_catalogue)]
"""What the sender of a request may see."""


async def _archive(catalogue: CatalogueDep, service: ServiceDep) -> Archive:
    return Archive(catalogue, service.engine.settings)


ArchiveDep = Annotated[Archive, Depends(_archive)]
"""What the sender of a request may know of articles."""
