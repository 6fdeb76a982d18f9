"""What an operator should look at when something outside goes wrong: one sentence by the kind of failure."""

import asyncpg
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

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
        (TopicAuthorizationFailedError,),
        "Kafka lets this principal do less than it needs: run `talentloop topics apply --principals`",
    ),
    (
        (KafkaError,),
        "Kafka does not answer, or refuses the sign-in (the line before says which): is it running, and are "
        "KAFKA_BOOTSTRAP_SERVERS and KAFKA_SASL_* right?",
    ),
    (
        (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, OSError),
        "PostgreSQL is not reached: is it running, and is DATABASE_URL right?",
    ),
)


def advise(error: BaseException) -> str | None:
    """What to look at, or None when nobody but a developer can help."""
    return next((advice for kinds, advice in _ADVICE if isinstance(error, kinds)), None)
