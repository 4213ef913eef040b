"""What a long test checked is said at the end of the run, since that it passed says little."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name} by {report.nodeid.rpartition('::')[2]}: {value}")
