"""What the OpenAPI document says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import Any, Final

import orjson
from fastapi import FastAPI
from pydantic import BaseModel

from api import examples
from api.file_examples import FILES
from api.problems import MEDIA_TYPE
from api.schemas import ArticleIn, AssignmentOut, ChangeOut, ProblemOut

JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
LINES: Final = "application/x-ndjson"
PLAIN: Final = "text/plain"

Responses = dict[int | str, dict[str, Any]]


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's schema in one piece: within the document, its own references would lead nowhere."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolved(node: Any) -> Any:
        if isinstance(node, list):
            return [resolved(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        name = str(node.get("$ref", "")).removeprefix("#/$defs/")
        others = {key: resolved(value) for key, value in node.items() if key != "$ref"}
        return resolved(definitions[name]) | others if name else others

    whole: dict[str, Any] = resolved(schema)
    return whole


def shown(media_type: str, example: Any, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the description of a body by its example."""
    return {media_type: {"example": example} | ({"schema": schema} if schema else {})}


def answers(example: Any, status: int = 200) -> Responses:
    """Return the description of an answer whose model FastAPI knows."""
    return {status: {"content": shown(JSON, example)}}


def lines_of(*rows: dict[str, Any]) -> str:
    """Return rows as NDJSON."""
    return "".join(f"{orjson.dumps(row).decode()}\n" for row in rows)


_PROBLEM: Final = schema_of(ProblemOut)
UNAVAILABLE: Final[Responses] = {
    503: {
        "description": "The store cannot be used, or too much is waiting: send it again after `Retry-After` seconds",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}},
        "content": shown(MEDIA_TYPE, examples.UNAVAILABLE, _PROBLEM),
    }
}
PROBLEMS: Final[Responses] = UNAVAILABLE | {
    "4XX": {
        "description": "Refused: the problem names what and where",
        "content": shown(MEDIA_TYPE, examples.REFUSED, _PROBLEM),
    }
}
NOT_MODIFIED: Final[Responses] = {304: {"description": "As it was when the `ETag` in `If-None-Match` was given out"}}
MOVED: Final[Responses] = {
    308: {
        "description": "Merged into another cluster; `Location` names it",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


def problems_of(status: int, description: str, example: dict[str, Any]) -> Responses:
    """Return the description of a refusal by its example."""
    return {status: {"description": description, "content": shown(MEDIA_TYPE, example, _PROBLEM)}}


CONTRADICTION: Final[Responses] = {
    409: {
        "description": "Another decision is in the way, or it was undone: `standing` names it, with who and when",
        "content": shown(MEDIA_TYPE, examples.CONTRADICTION, _PROBLEM),
    }
}


def body_of(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a request's body."""
    return {"requestBody": {"required": True, "content": shown(JSON, example, schema_of(model))}}


ARTICLE_BODY: Final = {
    "requestBody": {"required": True, "content": shown(JSON, examples.ARTICLE, schema_of(ArticleIn))}
}
LINES_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "An article a line; or a file with the fields of an article: CSV, Parquet, ninjs, RSS or Atom.",
        "content": shown(LINES, lines_of(examples.ARTICLE, examples.ARTICLE | {"uri": "eastlow:2026:4712"}), {
            "type": "string", "contentSchema": schema_of(ArticleIn),
        }) | {media_type: {"example": example} for media_type, example in FILES.items()},
    }
}  # fmt: skip
STREAM_ANSWER: Final[Responses] = {
    200: {
        "description": "Server-sent events: `id` is the `seq`, `data` a change as `/v1/changes` has it",
        "content": shown(
            EVENTS,
            examples.STREAM,
            {
                "type": "object",
                "description": "One event of the stream.",
                "properties": {
                    "id": {"type": "string"},
                    "data": {"type": "string", "contentMediaType": JSON, "contentSchema": schema_of(ChangeOut)},
                },
            },
        ),
    }
}
LINES_ANSWER: Final[Responses] = {
    200: {
        "description": "For each line its assignment, or its problem with the number of the `line`",
        "content": shown(LINES, lines_of(examples.ASSIGNMENT, {"line": 2} | examples.REFUSED), {
            "type": "string", "contentSchema": {"anyOf": [schema_of(AssignmentOut), _PROBLEM]},
        }),
    }
}  # fmt: skip


def describe_keys(app: FastAPI) -> None:
    """Say in the document what the ``security`` of its operations means."""
    described = app.openapi

    def with_keys() -> dict[str, Any]:
        document = described()
        document.setdefault("components", {})["securitySchemes"] = {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key that `storyfold keys create` made; operations name the scope it needs.",
            }
        }
        return document

    app.openapi = with_keys  # type: ignore[method-assign]  # how FastAPI lets its document be extended
