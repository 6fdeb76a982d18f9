"""Where the servers are: from the environment, else from the local stack that `talentloop up` started."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from cli.errors import Failed, ServerUnreachable, UserMistake
from cli.principals import RuleRefused
from local.databases import LISTENING, SERVICES
from local.stack import PARTITIONS, environment
from shared.kafka.topics import administration
from shared.kit.advice import advise
from shared.kit.db import Connection, Database
from shared.settings.brokers import Brokers
from shared.settings.environment import SettingsError, read_setting
from shared.settings.service import with_password

P = ParamSpec("P")
T = TypeVar("T")
_REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,  # a wrong password too
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.TooManyConnectionsError,
)
_HOST = r"(\[[\da-fA-F:.]+\]|[^\[\]:@/,?]+)(:\d+)?"
_DATABASE = re.compile(rf"postgres(ql)?://([^/@]*@)?({_HOST}(,{_HOST})*)?(/[^?]*)?(\?.*)?")
_BROKERS = re.compile(rf"\s*{_HOST}(\s*,\s*{_HOST})*\s*")
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # starting up, shutting down, ended by its administrator
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


def setting(name: str) -> str:
    """One address or secret by its variable's name, or `NAME_FILE`. Raises UserMistake when it is known nowhere."""
    running = environment()
    value = _read(name) or running.get(name)
    if not value:
        if path := os.environ.get(f"{name}_FILE"):
            raise UserMistake(f"{name}_FILE: {path} is empty.")
        if running:
            raise UserMistake(f"{name} is not set, and the local stack that is running has none. Set {name}.")
        raise UserMistake(
            f"{name} is not set and no local stack is running. Set {name}, or run `talentloop up --detach`."
        )
    return value


def database_url(service: str, name: str = "DATABASE_URL") -> str:
    """A service's database, with the password of `..._DATABASE_PASSWORD` where there is one."""
    variable = f"{service.upper()}_{name}"
    url = with_password(setting(variable), _read(variable.removesuffix("_URL") + "_PASSWORD"))
    if not _DATABASE.fullmatch(url):
        raise UserMistake(f"{variable} is no address of a database: write postgresql://user:password@host:5432/name.")
    return url


def _read(name: str) -> str | None:
    try:
        return read_setting(name)
    except SettingsError as error:
        raise UserMistake(str(error)) from None


def prefix() -> str:
    """The deployment's topic prefix; empty when there is none."""
    return os.environ.get("TOPIC_PREFIX", "")


def partitions() -> int | None:
    """How many a topic of the local stack has; None where Kafka is another: as many as its contract says."""
    name = "KAFKA_BOOTSTRAP_SERVERS"
    return PARTITIONS if _read(name) in (None, environment().get(name)) else None


def kafka() -> dict[str, Any]:
    """aiokafka's arguments for the deployment's brokers."""
    return broker_settings().kafka


def broker_settings() -> Brokers:
    """The deployment's brokers, with KAFKA_* settings as the services read them."""
    bootstrap = setting("KAFKA_BOOTSTRAP_SERVERS")
    if not _BROKERS.fullmatch(bootstrap):
        raise UserMistake("KAFKA_BOOTSTRAP_SERVERS: write host:9092, several separated by commas.")
    try:
        return Brokers(kafka_bootstrap_servers=bootstrap)
    except SettingsError as error:
        raise UserMistake(str(error)) from None


def check_service(service: str) -> str:
    """The service's name. Raises UserMistake when there is no such service."""
    return _check(service, SERVICES, "")


def check_listening(service: str) -> str:
    """The name of a service that holds facts. Raises UserMistake when there is no such service."""
    return _check(service, LISTENING, " that listens to Kafka")


def _check(service: str, known: Sequence[str], which: str) -> str:
    if service not in known:
        raise UserMistake(f"There is no service {service!r}{which}. Say one of: {', '.join(known)}.")
    return service


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part; a server that does not answer or lets nobody in: ServerUnreachable."""
    try:
        return asyncio.run(work)
    except RuleRefused as error:
        raise Failed(f"Kafka refuses: {error}") from error
    except _REFUSED as error:
        raise ServerUnreachable(f"A server lets nobody in ({error}): {advise(error)}.") from error
    except asyncpg.UndefinedTableError as error:
        raise Failed(f"A database lacks this program's schema ({error}): run `talentloop migrate`.") from error
    except (KafkaError, OSError, *_AWAY) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise  # a file's trouble, not a server's
        raise ServerUnreachable(
            f"A server does not answer ({type(error).__name__}: {error}). Is it running?"
        ) from error


def ask(
    service: str, question: Callable[Concatenate[Connection, P], Awaitable[T]], *about: P.args, **how: P.kwargs
) -> T:
    """What one function finds, or does, in one service's database."""

    async def asked() -> T:
        async with database(service) as conn:
            return await question(conn, *about, **how)

    return run(asked())


@asynccontextmanager
async def brokers() -> AsyncIterator[AIOKafkaAdminClient]:
    """A client for Kafka's administration."""
    async with administration(kafka()) as admin:
        yield admin


@asynccontextmanager
async def database(service: str, name: str = "DATABASE_URL") -> AsyncIterator[Connection]:
    """A transaction on one service's database that sees every organisation; as its owner by MIGRATION_DATABASE_URL."""
    async with opened(service, name) as database, database.transaction("*") as conn:
        yield conn


@asynccontextmanager
async def opened(service: str, name: str = "DATABASE_URL") -> AsyncIterator[Database]:
    """One service's database."""
    database = await Database.connect(database_url(service, name), service, size=1)
    try:
        yield database
    finally:
        await database.close()
