"""What goes wrong outside is said with what to do, and shown until it is over."""

import errno

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from shared.kit.advice import advise, name_of
from shared.kit.db import is_transient
from tests.candidates.sentences import opened
from tests.stage import Stage

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (asyncpg.InvalidPasswordError("x"), "DATABASE_PASSWORD"),
        (asyncpg.DiskFullError("x"), "disk is full"),
        (asyncpg.InvalidCatalogNameError("x"), "does not exist"),
        (asyncpg.InsufficientPrivilegeError("x"), "talentloop migrate"),
        (asyncpg.TooManyConnectionsError("x"), "max_connections"),
        (asyncpg.CannotConnectNowError("x"), "PostgreSQL is not reached"),
        (asyncpg.AdminShutdownError("x"), "PostgreSQL is not reached"),
        (asyncpg.InterfaceError("connection is closed"), "PostgreSQL is not reached"),
        (asyncpg.InternalClientError("another operation is in progress"), "PostgreSQL is not reached"),
        (ConnectionRefusedError("x"), "PostgreSQL is not reached"),
        (KafkaConnectionError("x"), "KAFKA_SASL_"),
        (TopicAuthorizationFailedError("x"), "--principals"),
        (OSError(errno.EADDRINUSE, "x"), "INBOUND_PORT"),
        (ExceptionGroup("post", [KeyError("x"), ConnectionRefusedError("x")]), "PostgreSQL is not reached"),
    ],
)
def test_what_an_operator_can_mend_is_said(error, says):
    assert says in advise(error)


def test_what_only_a_developer_can_mend_is_not_dressed_up():
    assert advise(KeyError("x")) is None


def test_what_failed_in_several_loops_at_once_is_named():
    group = ExceptionGroup("post", [OSError("x"), ExceptionGroup("loops", [KeyError("x"), OSError("y")])])

    assert name_of(group) == "OSError, KeyError"


def test_a_connection_that_ends_in_a_statement_is_tried_again():
    assert is_transient(asyncpg.InternalClientError("another operation is in progress"))
    assert is_transient(asyncpg.InterfaceError("connection is closed"))


async def test_a_batch_that_has_to_wait_is_shown_until_it_is_over(fresh_database, monkeypatch):
    from services.interviews.main import SERVICE
    from shared.kit.db import Database

    database = await Database.connect((await fresh_database("interviews")).url, "interviews")
    async with database.transaction("*") as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
    stage, seen = Stage(database, SERVICE.router, SERVICE.schedule), []
    whole = stage.inbox._transact

    async def full_twice(*arguments):
        seen.append(stage.inbox.trouble)
        if len(seen) < 3:
            raise asyncpg.DiskFullError("no space left on device")
        return await whole(*arguments)

    monkeypatch.setattr(stage.inbox, "_transact", full_twice)
    await stage.deliver(opened())

    assert seen == ["", "postponed: DiskFullError", "postponed: DiskFullError"]
    assert stage.inbox.trouble == ""
    assert (
        await stage.fetch("SELECT job FROM jobs") == [{"job": "su27"}]
        or len(await stage.fetch("SELECT * FROM jobs")) == 1
    )
    await database.close()
