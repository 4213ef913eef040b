"""Points in time as clients write them: RFC 3339, with a zone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator, Strict
from pydantic_core import PydanticCustomError

_WRITTEN: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


def _refuse_numbers(value: object) -> object:
    """Raise unless ``value`` begins as a date does: a bare number would be taken for seconds since 1970."""
    if isinstance(value, datetime):  # as Python has it; JSON has none
        return value
    if not isinstance(value, str) or not _WRITTEN.match(value):
        raise PydanticCustomError("moment", "Input should be a time with a zone, such as 2026-03-02T08:15:00Z")
    return value


Moment = Annotated[AwareDatetime, Strict(strict=False), BeforeValidator(_refuse_numbers)]
