"""`talentloop read-log`: the log of who opened which candidate ends somewhere, by the hand of the schema's owner."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import where
from local.databases import LISTENING
from shared.people.read_log import KEPT_MONTHS
from shared.people.read_log import trim as trim_log

app = typer.Typer(help="Trim the log of who opened which candidate.", no_args_is_help=True)


@app.callback()
def read_log() -> None:
    """Trim the log of who opened which candidate. It is read over HTTP: `GET /reads`."""


@app.command()
def trim(
    services: Annotated[list[str] | None, typer.Argument(help="Services; all when none is named.")] = None,
    months: Annotated[int, typer.Option(min=1, help="How many months are kept.")] = KEPT_MONTHS,
) -> None:
    """Delete what is older. Needs NAME_MIGRATION_DATABASE_URL: the services themselves may only add to the log."""
    for service in [where.check_listening(s) for s in services or LISTENING]:
        print(f"{service}: {where.run(_trim(service, months))} entries deleted.")


async def _trim(service: str, months: int) -> int:
    async with where.database(service, "MIGRATION_DATABASE_URL") as conn:
        return await trim_log(conn, datetime.now(UTC), months)
