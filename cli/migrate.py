"""`talentloop migrate`: bring the databases to this program's schema."""

import os
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cli import where
from cli.errors import Failed, ServerUnreachable, UserMistake
from local.databases import SERVICES
from shared.running import migrations
from shared.running.migrations import MigrationFailed


def migrate(
    services: Annotated[list[str] | None, typer.Argument(help="Services to migrate; all when none is named.")] = None,
) -> None:
    """Apply missing migrations as the owner and grant the application's role its rights, without DDL.

    Reads NAME_MIGRATION_DATABASE_URL (the owner) and NAME_DATABASE_URL (the application) of each service, or
    MIGRATION_DATABASE_URL and DATABASE_URL when one service is named.
    """
    chosen = [where.check_service(service) for service in services or SERVICES]
    for service in chosen:
        _migrate(service, alone=len(chosen) == 1)
        print(f"{service}: schema {migrations.newest(service)}")


def _migrate(service: str, *, alone: bool) -> None:
    owner = _url(service, "MIGRATION_DATABASE_URL", alone=alone)
    application = _url(service, "DATABASE_URL", alone=alone)
    role = urlsplit(application).username
    if not role:
        raise UserMistake(f"The database URL of {service} names no user: whom should the schema be opened to?")
    try:
        where.run(migrations.migrate(service, owner, role))
    except MigrationFailed as error:
        if "dial tcp" in str(error):  # dbmate's own words where nobody answers
            raise ServerUnreachable(f"A server does not answer ({error}). Is it running?") from error
        raise Failed(str(error)) from error


def _url(service: str, name: str, *, alone: bool) -> str:
    general = os.environ.get(name) if alone else None
    return general or where.database_url(service, name)
