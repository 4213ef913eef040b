"""What the OpenAPI document says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from api.problems import MEDIA_TYPE
from api.schemas import ProblemOut

_EXAMPLE: Final = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "code": "unknown_cluster",
    "detail": "no cluster has the id 'clu_0000000000000'",
}
Responses = dict[int | str, dict[str, Any]]

PROBLEMS: Final[Responses] = {
    "4XX": {
        "description": "Refused: the problem names what and where",
        "content": {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema(), "example": _EXAMPLE}},
    },
    503: {
        "description": "The store cannot be written or too much is waiting: send it again after `Retry-After`",
        "content": {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}},
    },
}


def body_of(model: type[BaseModel], media_type: str) -> dict[str, Any]:
    """Return the description of a body that a route reads by itself."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": model.model_json_schema()}}}}
