"""Query parameters: which a route takes, and a plain answer to whoever sends others.

A misspelt ``dry_run`` would store what was only to be tried, and a filter that is passed over shows what nobody asked
for. So what is not known is refused, and so is what is given twice where one counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import isclass
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from api.problems import INVALID_QUERY, problem_with


def taken_by(dependant: Dependant) -> Mapping[str, bool]:
    """Return the names of the parameters that a route takes, and of each whether it may be given several times."""
    return {name: _is_list(annotation) for name, annotation in _annotations(dependant)}


def check(query: bytes, taken: Mapping[str, bool]) -> None:
    """Raise a 422 `Problem` where a query string holds what is not ``taken``, or holds it twice without need."""
    if not query:
        return
    given = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    problems = {name: _unknown(taken) for name in given if name not in taken}
    problems |= {name: "give it once" for name in given if given.count(name) > 1 and not taken.get(name, True)}
    if problems:
        raise problem_with(INVALID_QUERY, problems.items())


def _unknown(taken: Mapping[str, bool]) -> str:
    if not taken:
        return "no parameters are taken here"
    return f"there is no such parameter here; there {'is' if len(taken) == 1 else 'are'} {', '.join(sorted(taken))}"


def _annotations(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isclass(annotation) and issubclass(annotation, BaseModel):
            for name, info in annotation.model_fields.items():
                yield info.alias or name, info.annotation
        else:
            yield field.alias, annotation
    for dependency in dependant.dependencies:
        yield from _annotations(dependency)


def _is_list(annotation: Any) -> bool:
    return list in (get_origin(annotation), *map(get_origin, get_args(annotation)))
