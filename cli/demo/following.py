"""What to open after the story: the console, the documents, the mails, the figures."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from cli.demo.story import FIRST_JOB
from local.databases import LISTENING

REPORT = "round-report.html"


def here(home: Path, addresses: dict[str, str]) -> RenderableType:
    """What to open after a story on this machine; no addresses: everything is stopped."""
    table = Table.grid(padding=(0, 2, 0, 0))
    if addresses:
        table.add_row("the console", _sign_in(addresses))
        _documents(table, addresses)
        table.add_row("a token", f"TALENTLOOP_HOME={home} {_LOGIN}")
        table.add_row("stop it", f"TALENTLOOP_HOME={home} talentloop down")
    else:
        table.add_row("look around", "talentloop demo --keep, then sign in at the console as Ines")
    table.add_row("round report", str(home / REPORT))
    table.add_row("every mail", str(home / "mail"))
    table.add_row("the figures", str(home / "demo.json"))
    table.add_row("your own data", "talentloop up --detach, then talentloop backfill --help")
    return table


def deployed(public: Mapping[str, str]) -> RenderableType:
    """What to open after a story on a deployment, by its public addresses."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row("the console", _sign_in(public))
    _documents(table, public)
    table.add_row("a token", f"docker compose run --rm demo {_LOGIN.removeprefix('talentloop ')}")
    table.add_row("round report", f"{public['INSIGHTS_URL']}/rounds/{FIRST_JOB}/report")
    table.add_row("every mail", "http://localhost:1080 (the dev profile's mail catcher)")
    table.add_row("start anew", "docker compose down --volumes, then up again")
    return table


_LOGIN = "talentloop login --role recruiter --organization halden"


def _sign_in(addresses: Mapping[str, str]) -> str:
    return f"{addresses['CONSOLE_URL']} (sign in as Ines)"


def _documents(table: Table, addresses: Mapping[str, str]) -> None:
    for service in LISTENING:
        table.add_row(service, f"{addresses[f'{service.upper()}_URL']}/openapi.json")
