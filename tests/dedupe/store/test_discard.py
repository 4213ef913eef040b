"""The store that keeps nothing."""

from __future__ import annotations

import pytest

from dedupe.errors import UnknownArticle
from dedupe.store.discard import DiscardStore
from dedupe.store.protocol import Store
from tests.laws.random_log import RandomLog


def test_events_are_numbered_and_forgotten() -> None:
    store: Store = DiscardStore()
    changes = RandomLog(1).changes(30)
    assert store.last_seq() == 0
    store.commit(changes[:20])
    store.commit([])
    store.commit(changes[20:])
    store.check_writable()
    assert store.last_seq() == 30
    assert store.find(changes[0].identities) == {}
    assert list(store.replay()) == []
    with pytest.raises(UnknownArticle):
        store.article(changes[0].event.article_id)
    store.close()
