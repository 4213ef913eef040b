"""Every command, option and exit code of `storyfold` is in docs/cli.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from api import cli
from dedupe.cli.app import command_line
from dedupe.cli.failures import MEANINGS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(cli.command_line_with_server()).commands  # type: ignore[attr-defined]  it is a group


def section(name: str) -> str:
    return DOCUMENT.partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("-")]
    undocumented = [option for option in options if len(option) > 2 and option not in section(name)]
    assert "--json" in options
    assert [option for option in undocumented if option not in ("--output", "--help")] == []


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^## `(\w+)`$", DOCUMENT, re.MULTILINE)) == set(COMMANDS)


def test_every_exit_code_is_documented() -> None:
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in DOCUMENT


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_explains_every_option_and_names_the_exit_codes(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert "Exit codes: 0 done" in command.epilog
    assert all(getattr(parameter, "help", None) for parameter in command.params)


def test_commands_without_a_server_are_a_part() -> None:
    assert set(typer.main.get_command(command_line()).commands) == set(COMMANDS) - {"serve", "demo"}  # type: ignore[attr-defined]
