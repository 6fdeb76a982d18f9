"""`talentloop topics plan | apply`: what Kafka must hold, and making it so."""

from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Table

from cli import where
from cli.principals import let_in, rules_of_service
from cli.showing import AsJson, show
from local.databases import LISTENING
from shared.kafka import topics
from shared.kafka.topics import DesiredTopic, TopicChange

app = typer.Typer(help="Create and check the topics.", no_args_is_help=True)

Partitions = Annotated[
    int | None,
    typer.Option(help="Partitions of topics that have more than one (default 6; of a local stack 2).", min=1),
]


@app.command()
def plan(partitions: Partitions = None, as_json: AsJson = False) -> None:
    """Show what `apply` would change. Exit 1 when something differs."""
    changes = where.run(_plan(partitions))
    show(changes, lambda: _drawn(changes), as_json=as_json)
    if changes:
        raise typer.Exit(1)


@app.command()
def apply(
    partitions: Partitions = None,
    replication: Annotated[
        int | None,
        typer.Option(help="Copies of a new topic; by default three, or as many as there are brokers.", min=1),
    ] = None,
    principals: Annotated[
        bool,
        typer.Option(
            "--principals",
            help="Let each service sign in with NAME_KAFKA_PASSWORD and do exactly its part. "
            "Needs brokers with an authorizer.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create missing topics and mend settings; never delete or shrink anything."""
    passwords = {s: where.setting(f"{s.upper()}_KAFKA_PASSWORD") for s in LISTENING} if principals else {}
    changes = where.run(_apply(partitions, replication, passwords))
    show(changes, lambda: _drawn(changes), as_json=as_json)


async def _plan(partitions: int | None) -> list[TopicChange]:
    async with where.brokers() as admin:
        return await topics.plan(admin, _wanted(partitions))


async def _apply(partitions: int | None, replication: int | None, passwords: dict[str, str]) -> list[TopicChange]:
    async with where.brokers() as admin:
        for service, password in passwords.items():
            await let_in(admin, service, password, rules_of_service(service, where.prefix()))
        return await topics.apply(admin, _wanted(partitions), replication=replication)


def _wanted(partitions: int | None) -> list[DesiredTopic]:
    return topics.wanted(where.prefix(), partitions=partitions or where.partitions())


def _drawn(changes: list[TopicChange]) -> RenderableType:
    if not changes:
        return "All topics are as they must be."
    table = Table("topic", "change", "detail")
    for change in changes:
        table.add_row(*change)
    return table
