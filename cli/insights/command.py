"""`talentloop insights`: who reads the published figures with tools of their own."""

from typing import Annotated

import typer

from cli import where
from cli.errors import UserMistake
from cli.insights import sql

app = typer.Typer(help="Let tools for figures read what rounds taught.", no_args_is_help=True)
reader = typer.Typer(help="Database roles that may read the views of the schema `published`.", no_args_is_help=True)
app.add_typer(reader, name="reader")

Role = Annotated[str, typer.Argument(help="A role of the database server that may sign in and is nothing else.")]


@app.callback()
def insights() -> None:
    """Let tools for figures read what rounds taught."""


@reader.command()
def add(role: Role, organization: Annotated[str, typer.Option(help="Whose figures it reads; no other's.")]) -> None:
    """Let a role read the published figures of one organisation. Needs INSIGHTS_MIGRATION_DATABASE_URL.

    Figures that tell of nobody, and nothing else: no table, no person.
    """
    where.run(_add(role, organization))
    print(f"{role} reads the schema published of insights: the figures of {organization}.")


@reader.command()
def remove(role: Role) -> None:
    """Take it back."""
    where.run(_remove(role))
    print(f"{role} reads nothing of insights any more.")


@reader.command("list")
def list_() -> None:
    """Show who reads whose figures."""
    for role, organization in where.run(_list()):
        print(f"{role}  {organization}")


async def _add(role: str, organization: str) -> None:
    async with where.database("insights", "MIGRATION_DATABASE_URL") as conn:
        if not await sql.is_plain_role(conn, role):
            raise UserMistake(
                f"The server has no role {role!r} that may sign in and is no superuser and no owner. "
                f"""Make one: CREATE ROLE "{role}" LOGIN PASSWORD '...'"""
            )
        await sql.let_read(conn, role, organization)


async def _remove(role: str) -> None:
    async with where.database("insights", "MIGRATION_DATABASE_URL") as conn:
        if not await sql.stop_reading(conn, role):
            raise UserMistake(f"{role!r} reads nothing of insights.")


async def _list() -> list[tuple[str, str]]:
    async with where.database("insights", "MIGRATION_DATABASE_URL") as conn:
        return await sql.load_readers(conn)
