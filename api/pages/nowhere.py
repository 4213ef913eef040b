"""What no route answers, told to a person as a page and to a program as a problem document."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from api.access import is_page
from api.pages.visit import told
from api.problems import problem_of_address


async def on_http_error(request: Request, error: HTTPException) -> Response:
    """Answer a request for what is not there, or not in this way."""
    problem = problem_of_address(request, error)
    return await told(request, problem) if is_page(request.scope) else problem.response()
