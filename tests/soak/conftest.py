"""What a long test checked is said at the end of the run, since that it passed says little."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that takes the figures of a test."""
    return lambda figures: request.node.user_properties.append(("figures", figures))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for test in terminalreporter.stats.get(outcome, []):
            for _, figures in test.user_properties:
                terminalreporter.write_line(f"{test.nodeid.rpartition('::')[2]}: {figures}")
