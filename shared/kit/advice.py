"""What an operator should look at when something outside goes wrong: one sentence by the kind of failure."""

import errno
import traceback
from collections.abc import Iterator
from pathlib import Path

import asyncpg

# Kafka's errors by their names: who has no Kafka does not load its client to hear of them.
_OF_KAFKA = {
    "aiokafka.errors.TopicAuthorizationFailedError": (
        "Kafka lets this principal do less than it needs: run `talentloop topics apply --principals`"
    ),
    "aiokafka.errors.KafkaError": (
        "Kafka does not answer, or refuses the sign-in (the line before says which): is it running, and are "
        "KAFKA_BOOTSTRAP_SERVERS and KAFKA_SASL_* right?"
    ),
}
# The first that fits counts.
_ADVICE: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "PostgreSQL refuses the sign-in: is the password in DATABASE_URL or DATABASE_PASSWORD the role's?",
    ),
    ((asyncpg.DiskFullError,), "PostgreSQL's disk is full: make room, the service goes on by itself"),
    ((asyncpg.InvalidCatalogNameError,), "the database of DATABASE_URL does not exist: make it, then migrate"),
    ((asyncpg.InsufficientPrivilegeError,), "the database's role lacks rights: run `talentloop migrate`"),
    (
        (asyncpg.TooManyConnectionsError,),
        "PostgreSQL takes no more connections: raise max_connections or run fewer replicas",
    ),
    (
        (
            *(asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, OSError),
            *(asyncpg.AdminShutdownError, asyncpg.CrashShutdownError),
            *(asyncpg.InterfaceError, asyncpg.InternalClientError),  # it went away in the middle of a statement
        ),
        "PostgreSQL is not reached: is it running, and is DATABASE_URL right?",
    ),
)


PORT_TAKEN = "another process has this port: stop it, or choose another one (HTTP_PORT, INBOUND_PORT)"


def advise(error: BaseException) -> str | None:
    """What to look at, or None when nobody but a developer can help. Of a group, the first that can be helped."""
    return next((advice for one in causes(error) if (advice := _advise(one))), None)


def causes(error: BaseException) -> Iterator[BaseException]:
    """What really failed: the members of a group, else the error itself."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from causes(one)
    else:
        yield error


def name_of(error: BaseException) -> str:
    """The kind of failure, of each member of a group."""
    return ", ".join(dict.fromkeys(type(one).__name__ for one in causes(error)))


def located(error: BaseException) -> dict[str, str]:
    """What kind of failure, and where: for a log that must not hold its words, as they may hold a person's."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return {"error": name_of(error), "where": "".join(f"{Path(one.filename).name}:{one.lineno}" for one in last)}


def _advise(error: BaseException) -> str | None:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return PORT_TAKEN
    kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    if of_kafka := next((advice for name in kinds if (advice := _OF_KAFKA.get(name))), None):
        return of_kafka
    return next((advice for known, advice in _ADVICE if isinstance(error, known)), None)
