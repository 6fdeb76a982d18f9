"""`talentloop`: one command line for the whole system; each command is loaded when it is called."""

import sys
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from cli.errors import Refusal as CommandRefusal
from local.errors import Refusal as StackRefusal


class Command(NamedTuple):
    """Where a command lives, and under which heading the help shows it."""

    module: str
    name: str
    panel: str


_START, _DATA, _OPERATE, _BUILD = "Start here", "Facts in", "Operate", "Contracts"
COMMANDS = {
    "up": Command("cli.stack", "up", _START),
    "down": Command("cli.stack", "down", _START),
    "env": Command("cli.stack", "env", _START),
    "login": Command("cli.login", "login", _START),
    "doctor": Command("cli.doctor", "doctor", _START),
    "status": Command("cli.status", "status", _OPERATE),
    "topics": Command("cli.topics", "app", _OPERATE),
    "migrate": Command("cli.migrate", "migrate", _OPERATE),
    "dead-letters": Command("cli.dead_letters", "app", _OPERATE),
    "rebuild": Command("cli.rewind", "rebuild", _OPERATE),
    "rewind": Command("cli.rewind", "rewind", _OPERATE),
}


class Commands(TyperGroup):
    """A group that imports a command only when it is named or the help is shown."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        return _load(cmd_name) if cmd_name in COMMANDS else None


def _load(name: str) -> Any:
    found = COMMANDS[name]
    thing = getattr(import_module(found.module), found.name)
    if not isinstance(thing, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(thing)
        thing = alone
    command = typer.main.get_command(thing)
    command.name = name
    command.rich_help_panel = found.panel  # type: ignore[attr-defined]
    return command


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def talentloop() -> None:
    """Makes every interview count. `talentloop demo` shows it in a minute; `talentloop up` runs it on this machine."""


def main() -> None:
    """Run a command. Exit 0 done, 1 found or failed, 2 the user's mistake, 3 a server cannot be reached."""
    try:
        app()
    except (CommandRefusal, StackRefusal) as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(refusal.exit_code)
