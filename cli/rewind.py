"""`talentloop rewind`, `rebuild` and `republish`: read the log again, derive the state again, say everything again."""

from datetime import datetime
from typing import Annotated

import typer

from cli import sql, where
from cli.asking import Yes, confirm
from cli.catching_up import catch_up, databases
from cli.progress import Watch
from shared.kafka.backlog import find_ends
from shared.kafka.topics import cluster_of
from shared.kit import facts, offsets
from shared.kit.offsets import Position
from shared.kit.republish import FIRST
from shared.kit.republish import republish as one_page

Wait = Annotated[bool, typer.Option(help="Return when everything is read and derived.")]


def rewind(
    service: Annotated[str, typer.Argument(help="The service whose log is read again.")],
    accept_cluster: Annotated[
        bool, typer.Option("--accept-cluster", help="The broker is a new Kafka cluster, and that is meant.")
    ] = False,
    wait: Wait = True,
    yes: Yes = False,
) -> None:
    """Read Kafka again from the first record. Known facts change nothing and nothing is said or mailed twice.

    Asks first, waits until everything is read again, and says what changed. With --accept-cluster it does neither:
    the service does not run until then.
    """
    where.check_listening(service)
    ends = {} if accept_cluster else where.run(find_ends(where.kafka(), where.prefix(), service))
    if ends and not accept_cluster:
        confirm(f"{service} will read {sum(ends.values()):,} records again and be busy meanwhile.", yes=yes)
    mark, dropped = where.run(_rewind(service, accept_cluster=accept_cluster))
    print(f"{service} reads again from the start ({dropped} positions dropped).")
    if wait and ends:
        where.run(_catch_up(service, ends))
        changed = where.ask(service, sql.count_saved_since, mark)
        print(f"{sum(ends.values()):,} records read again: {changed:,} facts were news to {service}.")


def rebuild(
    service: Annotated[str, typer.Argument(help="The service whose state is derived again.")],
    wait: Wait = True,
    yes: Yes = False,
) -> None:
    """Derive every person and every job again from the facts; what holds already is not said again. Asks first."""
    if count := where.ask(where.check_listening(service), sql.count_derived):
        confirm(f"{service} will derive {count:,} people and jobs again and be busy meanwhile.", yes=yes)
    noted = where.ask(service, facts.remember_all)
    if not wait:
        print(f"{noted} people and jobs will be derived again.")
        return
    where.run(_catch_up(service, {}))
    print(f"{noted} people and jobs derived again.")


def republish(
    service: Annotated[str, typer.Argument(help="The service whose topics are filled again.")],
) -> None:
    """Publish every fact of the service's own topics again, unchanged: for a Kafka that lost its log.

    Whoever knows the facts learns nothing new from it.
    """
    print(f"{where.run(_republish(where.check_listening(service)))} facts of {service} are published again.")


_AT_ONCE = 1000


async def _republish(service: str) -> int:
    total, after = 0, FIRST
    while True:
        async with where.database(service) as conn:
            count, after = await one_page(conn, after, _AT_ONCE)
        total += count
        if count < _AT_ONCE:
            return total


async def _rewind(service: str, *, accept_cluster: bool) -> tuple[datetime, int]:
    cluster = await _cluster() if accept_cluster else None
    async with where.database(service) as conn:
        return await sql.load_time(conn), await offsets.rewind(conn, cluster)


async def _cluster() -> str:
    async with where.brokers() as admin:
        return await cluster_of(admin)


async def _catch_up(service: str, ends: dict[Position, int]) -> None:
    async with databases([service]) as opened:
        with Watch() as watch:
            await catch_up(opened, ends, watch)
