"""Back to an instant by the manual's own commands: a database is as it was then, and Kafka tells what came after."""

from collections.abc import Iterator

import pytest

from tests.deployment.engine import Deployment, docker, documented

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def archived(deployment: Deployment, tools: str) -> Iterator[Deployment]:
    """The deployment with an archive of PostgreSQL's log."""

    def as_root(*command: str) -> None:
        docker("run", "--rm", "--user", "0", "--volume", f"{deployment.folder}:/here", tools, *command)

    as_root("install", "--directory", "--owner", "999", "--group", "999", "--mode", "0700", "/here/archive")
    deployment.use("docker-compose.archive.yml")
    deployment.do("up", "--detach", "--wait")
    yield deployment
    deployment.query("postgres", "ALTER SYSTEM RESET archive_mode")
    deployment.use()
    deployment.do("up", "--detach", "--wait")
    as_root("rm", "-r", "/here/archive")


def hand_on(deployment: Deployment) -> None:
    """Return when everything that was written until now lies in the archive."""
    [piece] = deployment.query("postgres", "SELECT pg_walfile_name(pg_switch_wal())")
    archived = f"SELECT last_archived_wal >= '{piece}' FROM pg_stat_archiver"  # noqa: S608
    deployment.wait_until(lambda: deployment.query("postgres", archived) == ["t"], "nothing is archived")


async def test_a_database_goes_back_to_an_instant_and_reads_what_came_after(archived, platform, calm):
    archived.follow(*documented("Any instant"))
    archived.wait_until_healthy()
    archived.follow(*documented("Any instant", 1))
    archived.query("postgres", "CREATE TABLE before_the_instant ()")
    [instant] = archived.query("postgres", "SELECT now()")
    archived.query("postgres", "CREATE TABLE after_the_instant ()")
    await platform.tell_everything("instant")
    assert await platform.outcome("instant") == calm
    assert await platform.said_twice("instant") == {}
    hand_on(archived)

    back = "\n".join(documented("Any instant", 2)).replace("talentloop_postgres", f"{archived.name}_postgres")
    archived.follow(back.replace("2026-11-23 09:00:00+00", instant))

    tables = "SELECT relname FROM pg_class WHERE relname LIKE '%the_instant'"
    assert archived.query("postgres", tables) == ["before_the_instant"]
    assert await platform.outcome("instant") == calm
    assert await platform.said_twice("instant") == {}
