"""Which addresses that articles bring along a page may lead to."""

from __future__ import annotations

import re
from typing import Final

_WEB: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def is_on_the_web(url: str) -> bool:
    """Tell whether an address is one of the web: another might run a script, or open a program.

    >>> is_on_the_web("HTTPS://x.example/1"), is_on_the_web("javascript:alert(1)//https://x.example")
    (True, False)
    """
    return _WEB.match(url) is not None
