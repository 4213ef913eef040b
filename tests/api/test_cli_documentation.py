"""Every command, option and exit code of `storyfold` is in docs/cli.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from api import cli
from dedupe.cli.app import command_line
from dedupe.cli.failures import MEANINGS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def commands_of(application: typer.Typer) -> dict[str, Any]:
    """Return the commands by their names, those of a group under the group's name and their own."""
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(application).commands.items():  # type: ignore[attr-defined]  # a group
        inner = getattr(command, "commands", None)
        found |= {f"{name} {own}": entry for own, entry in inner.items()} if inner else {name: command}
    return found


COMMANDS = commands_of(cli.command_line_with_server())


def section(name: str) -> str:
    return DOCUMENT.partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("-")]
    undocumented = [option for option in options if len(option) > 2 and option not in section(name)]
    assert "--json" in options
    assert [option for option in undocumented if option not in ("--output", "--help")] == []


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^## `([\w ]+)`$", DOCUMENT, re.MULTILINE)) == set(COMMANDS)


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
    assert set(commands_of(command_line())) == set(COMMANDS) - {"serve", "demo", "feeds"}
