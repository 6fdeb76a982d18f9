"""Backups of the services' databases, taken and brought back with PostgreSQL's own tools."""

import subprocess
from datetime import datetime
from pathlib import Path

from local.databases import SERVICES
from local.postgres import PROGRAMS, Postgres


def back_up(postgres: Postgres, folder: Path) -> None:
    """One dump for each service."""
    for service in SERVICES:
        _run("pg_dump", "--format=custom", "--create", f"--file={folder / service}", postgres.url(service))


def restore(postgres: Postgres, folder: Path, now: datetime) -> None:
    """Every service's database as it was in its dump, while nothing else of the stack runs. Only the clock goes on."""
    postgres.start()
    try:
        for service in SERVICES:
            _run("pg_restore", "--create", "--clean", f"--dbname={postgres.url()}", str(folder / service))
            to_now = "UPDATE clock SET now_at = :'now';"
            _run("psql", "--quiet", f"--set=now={now.isoformat()}", postgres.url(service), reads=to_now)
    finally:
        postgres.stop()


def _run(program: str, *arguments: str, reads: str = "") -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True, text=True, input=reads)
