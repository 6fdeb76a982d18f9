"""`talentloop outreach`: the brake. Nothing is mailed while it is on, and nothing is lost."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import sql as cli_sql
from cli import where
from cli.errors import UserMistake
from cli.showing import AsJson, show
from services.notifications.sql import pauses
from services.notifications.sql.pauses import Pause, find_pause, find_pauses
from shared.kit.db import EVERYONE, Connection

app = typer.Typer(help="Hold all mail back, or let it go again.", no_args_is_help=True)

Organization = Annotated[str, typer.Option(help="Only this organisation's mail; else everyone's.")]


@app.command()
def pause(organization: Organization = EVERYONE) -> None:
    """Hold every letter back within five seconds. What is at the mail server already is gone.

    An organisation nobody knows is refused. Prints the command that undoes exactly this.
    """
    print(*_left(where.run(_pause(organization))), sep="\n")


@app.command()
def resume(organization: Organization = EVERYONE) -> None:
    """Let letters go again, each at its hour. Resuming everyone leaves pauses of single organisations as they are.

    Names every pause that is left.
    """
    was_paused, left = where.run(_resume(organization))
    print(f"The pause of {_spoken(organization)} is over." if was_paused else f"{_spoken(organization)}: no pause.")
    print(*_left(left), sep="\n")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Whose mail is held back, since when, by whom, and what lets it go again."""
    found = where.ask("notifications", find_pauses)
    show(found, lambda: "\n".join(_left(found)), as_json=as_json)


def _left(pauses: list[Pause]) -> list[str]:
    return [
        f"Mail of {_spoken(p.organization)} is held back since {p.paused_at:%Y-%m-%d %H:%M} UTC by {p.paused_by}. "
        f"To let it go: {_undoing(p.organization)}"
        for p in pauses
    ] or ["No mail is held back."]


def _undoing(organization: str) -> str:
    only = "" if organization == EVERYONE else f" --organization {organization}"
    return f"talentloop outreach resume{only}"


def _spoken(organization: str) -> str:
    return "every organisation" if organization == EVERYONE else organization


async def _pause(organization: str) -> list[Pause]:
    async with where.database("notifications") as conn:
        await _refuse_unknown(conn, organization)
        await pauses.pause(conn, organization, os.environ.get("USER", "operator"), datetime.now(UTC))
        return await find_pauses(conn)


async def _resume(organization: str) -> tuple[bool, list[Pause]]:
    async with where.database("notifications") as conn:
        was_paused = await find_pause(conn, organization) is not None
        if not was_paused:
            await _refuse_unknown(conn, organization)
        await pauses.resume(conn, organization)
        return was_paused, await find_pauses(conn)


async def _refuse_unknown(conn: Connection, organization: str) -> None:
    if organization != EVERYONE and not await cli_sql.is_known(conn, organization):
        raise UserMistake(f"Nobody of an organisation {organization!r} is known to notifications. Nothing was changed.")
