"""Forms, read no further than their limits allow, and only when they come from a page of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from api.bodies import check_type, read_body
from api.pages.visit import Visit
from api.problems import Problem

FORM_TYPES: Final = ("application/x-www-form-urlencoded",)
MAX_FORM_BYTES: Final = 1_000_000
MAX_FIELDS: Final = 10_050


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, or of an address that leads to one."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """Return a field, "" where it was left out; raise a 422 `Problem` where a character cannot be stored."""
        value = next(iter(self.fields.get(name, ())), "").strip()
        if "\0" in value:
            raise Problem(422, "invalid_request", f"{name}: holds a character that no text has")
        return value

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that is not empty, each once."""
        return tuple(dict.fromkeys(value.strip() for value in self.fields.get(name, ()) if value.strip()))


async def read_form(visit: Visit) -> Form:
    """Return what a form says; raise a `Problem` where it is too long or comes from elsewhere."""
    check_type(visit.request, FORM_TYPES)
    body = await read_body(visit.request, MAX_FORM_BYTES)
    try:
        form = Form(parse_qs(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        raise Problem(422, "invalid_request", f"the form has more than {MAX_FIELDS:,} fields") from None
    visit.check_form(form.one("token"))
    return form
