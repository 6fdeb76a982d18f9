"""`talentloop outreach`: the brake. Nothing is mailed while it is on, and nothing is lost."""

import json
import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import where
from services.notifications import sql
from services.notifications.sql.people import Pause
from shared.kit.db import EVERYONE

app = typer.Typer(help="Hold all mail back, or let it go again.", no_args_is_help=True)

Organization = Annotated[str, typer.Option(help="Only this organisation's mail; else everyone's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def pause(organization: Organization = EVERYONE) -> None:
    """Hold every letter back within five seconds. What is at the mail server already is gone."""
    where.run(_pause(organization))
    print(f"Mail of {_spoken(organization)} is held back. `talentloop outreach resume` lets it go again.")


@app.command()
def resume(organization: Organization = EVERYONE) -> None:
    """Let letters go again, each at its hour. Resuming everyone leaves pauses of single organisations as they are."""
    where.run(_resume(organization))
    print(f"Mail of {_spoken(organization)} goes out again.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Whose mail is held back, since when and by whom."""
    pauses = where.run(_find())
    if as_json:
        print(json.dumps([{**p._asdict(), "paused_at": p.paused_at.isoformat()} for p in pauses]))
    elif not pauses:
        print("No mail is held back.")
    for p in pauses if not as_json else ():
        print(
            f"Mail of {_spoken(p.organization)} is held back since {p.paused_at:%Y-%m-%d %H:%M} UTC by {p.paused_by}."
        )


def _spoken(organization: str) -> str:
    return "every organisation" if organization == EVERYONE else organization


async def _pause(organization: str) -> None:
    async with where.database("notifications") as conn:
        await sql.pause(conn, organization, os.environ.get("USER", "operator"), datetime.now(UTC))


async def _resume(organization: str) -> None:
    async with where.database("notifications") as conn:
        await sql.resume(conn, organization)


async def _find() -> list[Pause]:
    async with where.database("notifications") as conn:
        return await sql.find_pauses(conn)
