"""`talentloop status`: is every service ready, how much does it hold, and how far is it behind."""

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Annotated

import asyncpg
import httpx
import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from cli import sql, where
from cli.sql import DatabaseFigures
from local.databases import LISTENING, SERVICES
from shared.kafka import backlog
from shared.kit import offsets
from shared.web.serving import OK


@dataclass(frozen=True)
class ServiceStatus:
    """One service. None: the server that knows could not be reached."""

    ready: bool
    parts: dict[str, str]  # those that wait or fail, and why
    schema: str | None = None
    facts: int | None = None
    parked: int | None = None
    lag: int | None = None
    outbox: int | None = None

    @property
    def complete(self) -> bool:
        """Everything could be asked."""
        return self.facts is not None and self.lag is not None


def status(as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Show each service, and which of its parts wait or fail. Exit 1: one is not ready; 3: a server is not reached.

    A service that works off a backlog is ready: it answers, and its other parts wait and say for how many records.
    """
    found = asyncio.run(_ask_all())
    if as_json:
        print(json.dumps({service: asdict(one) for service, one in found.items()}))
    else:
        Console().print(_table(found))
        for service, one in found.items():
            for part, state in one.parts.items():
                print(f"{service}: {part} {state}")
    if not all(one.complete for one in found.values()):
        raise typer.Exit(3)
    if not all(one.ready for one in found.values()):
        raise typer.Exit(1)


async def _ask_all() -> dict[str, ServiceStatus]:
    answers = await asyncio.gather(*(_ask(service) for service in SERVICES))
    return dict(zip(SERVICES, answers, strict=True))


async def _ask(service: str) -> ServiceStatus:
    (ready, parts), (figures, lag) = await asyncio.gather(_ask_health(service), _ask_database(service))
    return ServiceStatus(ready, parts, lag=lag, **(figures._asdict() if figures else {}))


async def _ask_health(service: str) -> tuple[bool, dict[str, str]]:
    """Whether it is ready, and the parts that are not `ok`: none where something else answers at its address."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(where.setting(f"{service.upper()}_URL") + "/ready")
            parts = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False, {}
    return answer.status_code == 200, {part: state for part, state in parts.items() if state != OK}


async def _ask_database(service: str) -> tuple[DatabaseFigures | None, int | None]:
    try:
        async with asyncio.timeout(10), where.database(service) as conn:
            return await sql.load_figures(conn), await _lag(service, await offsets.load_offsets(conn))
    except (OSError, asyncpg.PostgresError):
        return None, None


async def _lag(service: str, reached: dict[offsets.Position, int]) -> int | None:
    if service not in LISTENING:
        return 0
    try:
        return backlog.lag(await backlog.find_ends(where.kafka(), where.prefix(), service), reached)
    except KafkaError:
        return None


def _table(found: dict[str, ServiceStatus]) -> Table:
    table = Table("service", "ready", "schema", *("facts", "parked", "lag", "outbox"))
    for service, one in found.items():
        values = (one.schema, one.facts, one.parked, one.lag, one.outbox)
        table.add_row(service, "[green]yes" if one.ready else "[red]no", *(_shown(v) for v in values))
    return table


def _shown(value: str | int | None) -> str:
    return "?" if value is None else f"{value:,}" if isinstance(value, int) else value
