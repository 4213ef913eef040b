"""Our copy layer as the engine puts it together, behind the protocol of the peers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from news import texts
from numpy.typing import NDArray
from peers import SHIPPED, THRESHOLD, Peer, peers

from dedupe.duplicates.bands import Buckets
from dedupe.duplicates.signature import sign_all, signature_of
from dedupe.duplicates.texts import Texts
from dedupe.text.tokens import tokenise

OURS: Final = ""
WARM: Final = 50


def contenders() -> dict[str, Callable[[], Peer]]:
    """Return how to make what is measured, ours and each peer that is installed, once each has run."""
    there: dict[str, Callable[[], Peer]] = {OURS: Storyfold} | peers()
    for make in there.values():
        warmed = make()
        for number, text in enumerate(texts(WARM)):
            warmed.find_and_add(number, text)
        warmed.sign_all(texts(WARM))
    return there


class Storyfold(Peer):
    """Signatures, buckets, and a verdict that counts the shingles that two texts share."""

    def __init__(self) -> None:
        buckets = Buckets(SHIPPED.bands, SHIPPED.rows, SHIPPED.bucket_cap)
        self._texts = Texts(buckets, SHIPPED.shingle_size, THRESHOLD)

    def sign(self, text: str) -> NDArray[np.uint32]:
        """Sign a text."""
        return signature_of(tokenise(text).hashes, SHIPPED.shingle_size)[1]

    def sign_all(self, texts: Sequence[str]) -> Sequence[NDArray[np.uint32]]:
        """Sign texts in blocks."""
        return list(sign_all(texts, SHIPPED.shingle_size))

    def find_and_add(self, number: int, text: str) -> Sequence[int]:  # noqa: ARG002  texts number themselves
        """Return the texts with as many shingles in common, and enter this one; numbers count from 0."""
        return self._texts.find_and_add(text)
