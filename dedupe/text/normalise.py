"""A text, turned into the spelling that all writings of the same words share."""

from __future__ import annotations

import functools
import unicodedata

import numpy as np

from dedupe.text.characters import APOSTROPHE, INVISIBLE, KIND_MASK, KIND_SHIFT, PAGE_BITS, characters


def normalise(text: str) -> str:
    r"""Return a text without case, compatibility forms, invisible characters and curly apostrophes.

    For showing and comparing words: what is stored rests on `dedupe.text.tokens`, which folds the same
    way from its own table and does not change when Python's does.

    >>> normalise("ﬁrst Straße\u2019s co\u00adop")
    "first strasse's coop"
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    plain = unicodedata.normalize("NFKD", text.translate(_replacements())).casefold()
    return unicodedata.normalize("NFKC", plain.translate(_replacements()))


@functools.cache
def _replacements() -> dict[int, str | None]:
    table = characters()
    kinds = table.entries.reshape(-1, 1 << PAGE_BITS)[table.pages].ravel() >> KIND_SHIFT & KIND_MASK
    apostrophes: dict[int, str | None] = dict.fromkeys(np.flatnonzero(kinds == APOSTROPHE).tolist(), "'")
    return apostrophes | dict.fromkeys(np.flatnonzero(kinds == INVISIBLE).tolist(), None)
