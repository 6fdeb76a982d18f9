"""`talentloop platform`: try one out, and sign-ins for those there are, each for its own topics and nothing else."""

import re
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli import showing, where
from cli.errors import UserMistake
from cli.principals import May, On, Rule, let_in, load_rules, rules_of_platform, shut_out
from cli.trying.command import try_out
from local.databases import LISTENING, SERVICES
from shared.contracts import BY_TOPIC, EventRejected

app = typer.Typer(
    help="Try out what a platform says and hears; let one sign in to Kafka, for its topics only.", no_args_is_help=True
)
app.command("try")(try_out)

Name = Annotated[str, typer.Argument(help="The platform's user name: letters, digits, - and _.")]
RESERVED = {*SERVICES, "admin", "broker"}


@app.command()
def add(
    name: Name,
    topics: Annotated[str, typer.Option(help="What it may publish, separated by commas.")],
    reads: Annotated[str, typer.Option(help="What it may read besides event-rejected, separated by commas.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="A file with its password; without one a password is made and printed.")
    ] = None,
) -> None:
    """Let a platform sign in with SCRAM-SHA-512. Said again: the new topics, and the new password.

    Prints the password on stdout, once: only its salted hash is kept.
    """
    _check_name(name)
    rules = rules_of_platform(name, _topics(topics), _topics(reads) | {where.prefix() + EventRejected.topic})
    password = _read(password_file) if password_file else secrets.token_urlsafe(32)
    where.run(_let_in(name, password, rules))
    Console(stderr=True, highlight=False).print(
        f"{name} may sign in. Its consumer groups are {name} and {name}.ANYTHING."
    )
    if not password_file:
        print(password)


@app.command("list")
def show(as_json: showing.AsJson = False) -> None:
    """Who may sign in, and what each may publish and read."""
    held = where.run(_load())
    platforms = {name: _spoken(rules) for name, rules in sorted(held.items()) if name not in RESERVED}
    showing.show(platforms, lambda: _drawn(platforms), as_json=as_json)


def _drawn(platforms: dict[str, dict[str, list[str]]]) -> Table:
    table = Table("platform", "publishes", "reads")
    for name, may in platforms.items():
        table.add_row(name, ", ".join(may["publishes"]), ", ".join(may["reads"]))
    return table


@app.command()
def remove(name: Name) -> None:
    """Take a platform's sign-in and its rights away. What it has published stays."""
    _check_name(name)
    where.run(_shut_out(name))
    Console(stderr=True, highlight=False).print(f"{name} cannot sign in any more.")


def _check_name(name: str) -> None:
    groups = {where.prefix() + service for service in LISTENING}
    if name in groups or any(group.startswith(f"{name}.") for group in groups):
        raise UserMistake(f"A platform cannot be called {name!r}: it would share consumer groups with a service.")
    if name in RESERVED or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise UserMistake(
            f"A platform cannot be called {name!r}: take letters, digits, - and _, and none of {', '.join(RESERVED)}."
        )


def _topics(text: str) -> set[str]:
    names = {name.strip() for name in text.split(",") if name.strip()}
    if unknown := names - set(BY_TOPIC):
        raise UserMistake(f"There is no topic {', '.join(sorted(unknown))}. `talentloop topics plan` knows them all.")
    return {where.prefix() + name for name in names}


def _read(path: Path) -> str:
    if not path.is_file() or not (password := path.read_text(encoding="utf-8").strip()):
        raise UserMistake(f"There is no password in {path}.")
    return password


def _spoken(rules: set[Rule]) -> dict[str, list[str]]:
    """What rules say about topics, in words."""
    on_topics = [rule for rule in rules if rule.on is On.TOPIC]
    return {
        "publishes": sorted(rule.name for rule in on_topics if rule.may is May.WRITE),
        "reads": sorted(rule.name for rule in on_topics if rule.may is May.READ),
    }


async def _let_in(name: str, password: str, rules: set[Rule]) -> None:
    async with where.brokers() as admin:
        await let_in(admin, name, password, rules)


async def _shut_out(name: str) -> None:
    async with where.brokers() as admin:
        await shut_out(admin, name)


async def _load() -> dict[str, set[Rule]]:
    async with where.brokers() as admin:
        return await load_rules(admin)
