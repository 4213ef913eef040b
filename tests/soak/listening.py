"""Readers of the stream of changes, who come back whenever it breaks off."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

PATH = "/v1/changes/stream"


@dataclass(frozen=True)
class Message:
    """One message of the stream: a change, or a heartbeat without one."""

    id: str
    data: dict[str, Any] | None


def messages(lines: Iterator[str]) -> Iterator[Message]:
    """Yield the messages that have an id."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "id" in fields:
            yield Message(fields["id"], json.loads(fields["data"]) if "data" in fields else None)
        fields = {}


@dataclass
class Listener:
    """A reader that keeps every ``seq`` it was told, in the order of telling.

    ``url`` is where the server answers now; a server that starts again answers elsewhere.
    """

    url: dict[str, str]
    until: int
    params: dict[str, str] = field(default_factory=dict)
    heard: list[int] = field(default_factory=list)
    last_id: str | None = None
    connections: int = 0
    is_told_to_stop: bool = False

    def listen(self) -> None:
        """Read until event number ``until`` was passed, coming back as often as it takes."""
        while not self.has_all and not self.is_told_to_stop:
            try:
                self._listen()
            except httpx.TransportError:
                time.sleep(0.02)

    @property
    def has_all(self) -> bool:
        """Return whether everything up to ``until`` was passed."""
        return self.last_id is not None and int(self.last_id) >= self.until

    def _listen(self) -> None:
        headers = {} if self.last_id is None else {"Last-Event-ID": self.last_id}
        timeout = httpx.Timeout(10, read=30)
        with (
            httpx.Client(base_url=self.url["now"], timeout=timeout) as client,
            client.stream("GET", PATH, headers=headers, params=self.params) as answer,
        ):
            assert answer.status_code == 200, answer.read()
            self.connections += 1
            for message in messages(answer.iter_lines()):
                if message.data is not None:
                    assert message.data["seq"] == int(message.id)
                    self.heard.append(message.data["seq"])
                self.last_id = message.id
                if self.has_all or self.is_told_to_stop:
                    return

    def start(self) -> threading.Thread:
        """Listen in a thread of its own."""
        thread = threading.Thread(target=self.listen, daemon=True)
        thread.start()
        return thread
