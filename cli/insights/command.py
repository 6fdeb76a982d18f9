"""`talentloop insights`: figures for tools of one's own, as files, or by a role that reads views."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import where
from cli.errors import UserMistake
from cli.insights import sql
from cli.insights.export import write

app = typer.Typer(help="Let tools for figures read what rounds taught.", no_args_is_help=True)
reader = typer.Typer(help="Database roles that may read the views of the schema `published`.", no_args_is_help=True)
app.add_typer(reader, name="reader")

Role = Annotated[str, typer.Argument(help="A role of the database server that may sign in and is nothing else.")]


@app.callback()
def insights() -> None:
    """Let tools for figures read what rounds taught."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where the files go; those of the last export are replaced.")],
    organization: Annotated[str | None, typer.Option(help="Only this organisation's.")] = None,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Write Parquet beside CSV, with the extra `analytics`.")
    ] = False,
) -> None:
    """Write the figures of closed rounds as rounds.csv, competencies.csv and steps.csv: of nobody in particular."""
    counts = write(folder, where.ask("insights", sql.load_told, organization), parquet=parquet)
    print(f"{folder}: {', '.join(f'{count:,} rows of {name}' for name, count in counts.items())}.")


@reader.command()
def add(role: Role, organization: Annotated[str, typer.Option(help="Whose figures it reads; no other's.")]) -> None:
    """Let a role read the published figures of one organisation. Needs INSIGHTS_MIGRATION_DATABASE_URL.

    Figures that tell of nobody, and nothing else: no table, no person.
    """
    rounds = where.run(_add(role, organization))
    so_far = f"rounds so far: {rounds:,}" if rounds else "no closed round yet, or there is no such organisation"
    print(f"{role} reads the schema published of insights: the figures of {organization}, {so_far}.")


@reader.command()
def remove(role: Role) -> None:
    """Take it back."""
    where.run(_remove(role))
    print(f"{role} reads nothing of insights any more.")


@reader.command("list")
def list_() -> None:
    """Show who reads whose figures."""
    readers = where.run(_list())
    for role, organization in readers:
        print(f"{role}  {organization}")
    if not readers:
        print("Nobody reads published figures.", file=sys.stderr)


async def _add(role: str, organization: str) -> int:
    async with where.database("insights", "MIGRATION_DATABASE_URL") as conn:
        if not await sql.is_plain_role(conn, role):
            raise UserMistake(
                f"The server has no role {role!r} that may sign in and is no superuser and no owner. "
                f"""Make one: CREATE ROLE "{role}" LOGIN PASSWORD '...'"""
            )
        await sql.let_read(conn, role, organization)
        return await sql.count_rounds(conn, organization)


async def _remove(role: str) -> None:
    async with where.database("insights", "MIGRATION_DATABASE_URL") as conn:
        if not await sql.stop_reading(conn, role):
            raise UserMistake(f"{role!r} reads nothing of insights.")


async def _list() -> list[tuple[str, str]]:
    async with where.database("insights", "MIGRATION_DATABASE_URL") as conn:
        return await sql.load_readers(conn)
