"""`talentloop rewind`, `rebuild` and `republish`: read the log again, derive the state again, say everything again."""

import time
from typing import Annotated

import typer

from cli import where
from shared.kit import facts, offsets
from shared.kit.republish import FIRST
from shared.kit.republish import republish as one_page


def rewind(
    service: Annotated[str, typer.Argument(help="The service whose log is read again.")],
    accept_cluster: Annotated[
        bool, typer.Option("--accept-cluster", help="The broker is a new Kafka cluster, and that is meant.")
    ] = False,
) -> None:
    """Read Kafka again from the first record. Known facts change nothing and nothing is said or mailed twice."""
    dropped = where.run(_rewind(where.check_service(service), accept_cluster=accept_cluster))
    print(f"{service} reads again from the start ({dropped} positions dropped).")


def rebuild(
    service: Annotated[str, typer.Argument(help="The service whose state is derived again.")],
    wait: Annotated[bool, typer.Option(help="Return when everything is derived.")] = True,
) -> None:
    """Derive every person and every job again from the facts; what holds already is not said again."""
    noted = where.run(_remember_all(where.check_service(service)))
    if not wait:
        print(f"{noted} people and jobs will be derived again.")
        return
    _wait_until_derived(service)
    print(f"{noted} people and jobs derived again.")


def republish(
    service: Annotated[str, typer.Argument(help="The service whose topics are filled again.")],
) -> None:
    """Publish every fact of the service's own topics again, unchanged: for a Kafka that lost its log.

    Whoever knows the facts learns nothing new from it.
    """
    print(f"{where.run(_republish(where.check_service(service)))} facts of {service} are published again.")


_AT_ONCE = 1000


async def _republish(service: str) -> int:
    total, after = 0, FIRST
    while True:
        async with where.database(service) as conn:
            count, after = await one_page(conn, after, _AT_ONCE)
        total += count
        if count < _AT_ONCE:
            return total


async def _rewind(service: str, *, accept_cluster: bool) -> int:
    cluster = await _cluster() if accept_cluster else None
    async with where.database(service) as conn:
        return await offsets.rewind(conn, cluster)


async def _cluster() -> str:
    async with where.brokers() as admin:
        return str((await admin.describe_cluster())["cluster_id"])


async def _remember_all(service: str) -> int:
    async with where.database(service) as conn:
        return await facts.remember_all(conn)


def _wait_until_derived(service: str) -> None:
    while where.run(_waiting(service)):
        time.sleep(0.5)


async def _waiting(service: str) -> bool:
    async with where.database(service) as conn:
        return await facts.is_waiting(conn)
