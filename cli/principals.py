"""Who may do what at Kafka: sign-ins (SCRAM) and access rules, one principal for each service and each platform.

Needs brokers with an authorizer that denies what no rule allows, and a sign-in that may change rules (a super user).
"""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, ClassVar, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactBytes, CompactString, Int8, Int16, Int32, Schema, TaggedFields

from shared.kit.say import heard_topics, owned_topics

ITERATIONS = 8192  # of the salted password; Kafka takes 4,096 to 16,384
_SCRAM_SHA_512 = 2
_ALLOW = 3
_ANY = 1


class RuleRefused(Exception):
    """Kafka does not take a sign-in or an access rule; the message is its own."""


class On(IntEnum):
    """What a rule is about, as the protocol numbers it."""

    TOPIC = 2
    GROUP = 3


class May(IntEnum):
    """What it allows. Whoever may read or write may describe."""

    READ = 3
    WRITE = 4
    DESCRIBE_CONFIGS = 10


class Pattern(IntEnum):
    """How a rule's name is compared."""

    LITERAL = 3
    PREFIXED = 4


class Rule(NamedTuple):
    """One thing that a principal may do."""

    on: On
    name: str
    may: May
    pattern: Pattern = Pattern.LITERAL


def rules_of_service(service: str, prefix: str) -> set[Rule]:
    """Exactly what one service needs: to read what it hears, to write what it says, its group, and their settings."""
    heard = {prefix + topic for topic in heard_topics(service)}
    said = {prefix + topic for topic in owned_topics(service)}
    return {
        *(Rule(On.TOPIC, topic, May.READ) for topic in heard),
        *(Rule(On.TOPIC, topic, May.WRITE) for topic in said),
        *(Rule(On.TOPIC, topic, May.DESCRIBE_CONFIGS) for topic in heard | said),
        Rule(On.GROUP, prefix + service, May.READ),
    }


def rules_of_platform(name: str, writes: Iterable[str], reads: Iterable[str]) -> set[Rule]:
    """What a platform may do: write and read these topics, in the consumer groups `name` and `name.` with anything."""
    return {
        *(Rule(On.TOPIC, topic, May.WRITE) for topic in writes),
        *(Rule(On.TOPIC, topic, May.READ) for topic in reads),
        Rule(On.GROUP, name, May.READ),
        Rule(On.GROUP, f"{name}.", May.READ, Pattern.PREFIXED),
    }


async def let_in(admin: AIOKafkaAdminClient, name: str, password: str, rules: set[Rule]) -> None:
    """Give a principal this password and exactly these rules. Connections it has stay. Raises RuleRefused."""
    await _alter_credentials(admin, AlterCredentials(upserted=(name, password)))
    await _replace_rules(admin, name, rules)
    await _until_known(admin, name, rules)


async def shut_out(admin: AIOKafkaAdminClient, name: str) -> None:
    """Take a principal's rules and its sign-in away; unknown is fine. Raises RuleRefused."""
    await _alter_credentials(admin, AlterCredentials(deleted=name))
    await _replace_rules(admin, name, set())
    await _until_known(admin, name, set())


async def load_rules(admin: AIOKafkaAdminClient) -> dict[str, set[Rule]]:
    """Principal -> what it may do, as far as it is of our kind."""
    asked = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY)
    answer: Any = await admin._send_request(asked)
    _check(answer.error_code, answer.error_message)
    found: dict[str, set[Rule]] = {}
    for on, name, pattern, rules in answer.resources:
        for principal, _, may, _ in rules:
            if on in set(On) and may in set(May):
                rule = Rule(On(on), name, May(may), Pattern(pattern))
                found.setdefault(principal.removeprefix("User:"), set()).add(rule)
    return found


async def _replace_rules(admin: AIOKafkaAdminClient, name: str, rules: set[Rule]) -> None:
    """What is missing is made before what is too much goes: nobody is locked out in between."""
    held = (await load_rules(admin)).get(name, set())
    for rule in sorted(rules - held):
        made: Any = await admin._send_to_controller(
            CreateAclsRequest(rule.on, rule.name, rule.pattern, f"User:{name}", "*", rule.may, _ALLOW)
        )
        for code, message in made.creation_responses:
            _check(code, message)
    for rule in sorted(held - rules):
        gone: Any = await admin._send_to_controller(
            DeleteAclsRequest(rule.on, rule.name, rule.pattern, f"User:{name}", "*", rule.may, _ALLOW)
        )
        for code, message, _ in gone.filter_responses:
            _check(code, message)


async def _until_known(admin: AIOKafkaAdminClient, name: str, rules: set[Rule]) -> None:
    """Brokers learn a moment after the controller, in its order: who knows the rules knows the sign-in before them."""
    for _ in range(100):
        if (await load_rules(admin)).get(name, set()) == rules:
            return
        await asyncio.sleep(0.1)
    raise RuleRefused(f"the brokers do not show the rules of {name}")


_UNKNOWN_SIGN_IN = 91


async def _alter_credentials(admin: AIOKafkaAdminClient, request: "AlterCredentials") -> None:
    answer: Any = await admin._send_to_controller(request)
    for _, code, message, _ in answer.results:
        if code != _UNKNOWN_SIGN_IN:
            _check(code, message)


def _check(code: int, message: str | None) -> None:
    if code:
        raise RuleRefused(message or f"Kafka answers with error {code}")


# KIP-554; aiokafka has everything but this request.
_CREDENTIALS_API = 51


class _AlterCredentialsResponse(Response):  # type: ignore[misc]
    API_KEY = _CREDENTIALS_API
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString()),
                ("error_code", Int16),
                ("error_message", CompactString()),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterCredentialsRequest(RequestStruct):  # type: ignore[misc]
    API_KEY = _CREDENTIALS_API
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _AlterCredentialsResponse
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", CompactString()), ("mechanism", Int8), ("tags", TaggedFields))),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString()),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterCredentials(Request[_AlterCredentialsRequest]):  # type: ignore[misc]
    """Give somebody a password, or take the sign-in away. The password itself never leaves this process."""

    API_KEY: ClassVar[int] = _CREDENTIALS_API

    def __init__(self, *, upserted: tuple[str, str] | None = None, deleted: str | None = None) -> None:
        self._deletions: list[tuple[str, int, dict[int, bytes]]] = [(deleted, _SCRAM_SHA_512, {})] if deleted else []
        self._upsertions = [_salted(*upserted)] if upserted else []

    def build(self, request_struct_class: type[_AlterCredentialsRequest]) -> _AlterCredentialsRequest:
        """The request as bytes know it."""
        return request_struct_class(self._deletions, self._upsertions, {})


def _salted(name: str, password: str) -> tuple[str, int, int, bytes, bytes, dict[int, bytes]]:
    """RFC 5802: only the salted hash travels."""
    salt = secrets.token_bytes(32)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return name, _SCRAM_SHA_512, ITERATIONS, salt, hashed, {}
