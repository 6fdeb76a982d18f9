"""Versions: the `ETag` of what is known of one thing, and the conditions a request may set on it (RFC 9110).

A write answers the version of the thing. What is read has the version and a digest of all that is shown, which may
change by itself (who owes feedback, how many letters left): `"VERSION.SHOWN"`; a list has the digest alone. A write
asks for the version only.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from pydantic import BaseModel
from starlette.datastructures import Headers

from shared.contracts import EVENTS, Event
from shared.kit.db import Connection
from shared.web.problems import PreconditionFailed, Unprocessable, field_problem

_TAGS = re.compile(r'\s*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*|$))+')
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


class BadCondition(Unprocessable):
    """A condition that is no list of entity tags."""

    code = "condition-invalid"


class Conditions(NamedTuple):
    """`If-Match` and `If-None-Match` of a request: entity tags, `*` for anything at all; None where not sent."""

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None

    @classmethod
    def read(cls, headers: Headers) -> "Conditions":
        """What a write asks for. A weak tag never matches. Raises BadCondition."""
        return cls(_tags(headers, "if-match"), _tags(headers, "if-none-match"))

    def check(self, version: str | None) -> None:
        """Raise PreconditionFailed, with the current version, unless the conditions hold for it."""
        known = {"*", version} if version else {""}
        is_stale = self.match is not None and not self.match & known
        if is_stale or (self.none_match is not None and self.none_match & known):
            detail = "It was changed in between: read it again." if version else "There is no such thing yet."
            headers = {"ETag": tag(version)} if version else {}
            raise PreconditionFailed(detail, headers=headers, version=version)


def tag(version: str) -> str:
    """A version as a strong entity tag; an empty one where nothing was said yet."""
    return f'"{version}"'


def tag_of(version: str | None, shown: bytes) -> str:
    """The tag of an answer to a reader: of a thing in this version, as a header has it, or of a list."""
    digest = hashlib.sha256(shown).hexdigest()[:32]
    return tag(digest) if version is None else tag(version.strip('"') + "." + digest)


def is_held(headers: Headers, current: str) -> bool:
    """The reader holds this very answer (`If-None-Match`): weak tags count, as a proxy may have made them so."""
    said = _said(headers, "if-none-match")
    if said is None:
        return False
    return said.strip() == "*" or current.strip('"') in {value for _, value in _TAG.findall(said)}


def digest(shown: BaseModel) -> str:
    """The version of something that is no fact: of what is shown of it."""
    return hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]


async def load_version(conn: Connection, organization: str, contract: type[Event], facts: Iterable[str]) -> str | None:
    """The version of everything said of one thing, under any of these ids; None where nothing was."""
    version: str | None = await conn.fetchval(
        """
        SELECT md5(string_agg(concat_ws(' ', f.fact, f.topic, f.event, f.time, md5(f.body::text)), ','
                              ORDER BY f.fact, f.topic))
        FROM unnest($2::text[]) AS k(fact)
        CROSS JOIN LATERAL (SELECT fact, topic, event, time, body FROM facts f WHERE f.organization = $1
                            AND f.fact = k.fact AND f.topic = ANY($3::text[]) OFFSET 0) f
        """,
        organization,
        sorted(set(facts)),
        _topics_about(contract),
    )
    return version


@cache
def _topics_about(contract: type[Event]) -> list[str]:
    """The topics that tell of the same thing, such as an interview's four; private facts beside them."""
    return sorted({contract.topic, *(event.topic for event in EVENTS if event.fact_field == contract.fact_field)})


def _said(headers: Headers, name: str) -> str | None:
    """All lines of a header are one list."""
    lines = headers.getlist(name)
    return ", ".join(lines) if lines else None


def _tags(headers: Headers, name: str) -> frozenset[str] | None:
    said = _said(headers, name)
    if said is None:
        return None
    if said.strip() == "*":
        return frozenset("*")
    if not _TAGS.fullmatch(said):
        problem = field_problem(f"/header/{name}", BadCondition.code, "Is neither * nor entity tags in quotes.")
        raise BadCondition("Send the `ETag` that you read, or `*`.", errors=[problem])
    return frozenset(value.partition(".")[0] for weak, value in _TAG.findall(said) if not weak)
