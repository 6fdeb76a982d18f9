"""Who is kept until when: what the rule asks for, and the only writer of `keeping`."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.candidates.domain.consent import answers
from services.candidates.domain.keeping import (
    CandidateMerge,
    DueStep,
    ErasureRequest,
    RetentionBasis,
    RetentionRecord,
    RetentionTerms,
)
from shared.contracts import TIME_TO_OBJECT, Purpose, RequestedBy, reading
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Pair, People

# Imported people come with decisions of long ago: nothing is asked for before their consents could arrive too.
GRACE = timedelta(days=30)


class ErasureProgress(NamedTuple):
    """How far an erasure is. `due_at`: when it is carried out; `receipts`: by service, when it was done there."""

    requested_at: datetime | None
    by: str | None
    due_at: datetime | None
    erased_at: datetime | None
    receipts: dict[str, datetime]

    @property
    def is_held(self) -> bool:
        """True when a legal hold keeps what there is for longer than the day to object."""
        return bool(self.requested_at and self.due_at and self.due_at > self.requested_at + TIME_TO_OBJECT)


async def load_terms(conn: Connection, organizations: Iterable[str]) -> dict[str, RetentionTerms]:
    """What these organisations keep, where they said."""
    rows = await conn.fetch(
        """
        SELECT k.organization, (f.body ->> 'retention_months')::integer AS retention_months,
               (f.body ->> 'legal_hold_months')::integer AS legal_hold_months
        FROM unnest($1::text[]) AS k(organization)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization
                            AND f.fact = k.organization AND f.topic = 'organization-configured' OFFSET 0) f
        """,
        sorted(set(organizations)),
    )
    return {organization: RetentionTerms(*terms) for organization, *terms in rows}


async def load_kept(conn: Connection, people: People) -> list[RetentionRecord]:
    """What decides how long these people are kept."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person,
               jsonb_agg(jsonb_build_array(f.topic, f.fact, f.body)) FILTER (WHERE f.topic IS NOT NULL) AS facts
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (
            SELECT topic, fact,
                   jsonb_build_object('submitted_at', body -> 'submitted_at', 'decided_at', body -> 'decided_at',
                       'reversed_at', body -> 'reversed_at', 'purpose', body -> 'purpose', 'granted', body -> 'granted',
                       'given_at', body -> 'given_at', 'expires_at', body -> 'expires_at', 'merged', body -> 'merged',
                       'merged_at', body -> 'merged_at', 'requested_at', body -> 'requested_at',
                       'candidate', body -> 'candidate', 'kind', body -> 'kind', 'responded_at', body -> 'responded_at',
                       'by', body -> 'by') AS body
            FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
              AND f.topic >= 'application-decided' AND f.topic <= 'erasure-requested' OFFSET 0) f
        WHERE f.topic IN ('application-decided', 'application-decision-reversed', 'application-submitted',
                          'candidate-merged', 'candidate-responded', 'consent-changed', 'erasure-requested')
        GROUP BY k.organization, k.person
        """,
        *people.columns,
    )
    found = [_kept(organization, person, json.loads(facts)) for organization, person, facts in rows]
    known = await _load_known_at(conn, people.only({(k.organization, k.candidate) for k in found if k.requests}))
    return [k._replace(known_at=known.get((k.organization, k.candidate))) for k in found]


async def _load_known_at(conn: Connection, people: People) -> dict[Pair, datetime]:
    """The newest time of anything known of these people, what was just said about them included."""
    if not people:
        return {}
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, max(f.time) AS known_at
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT time FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        GROUP BY k.organization, k.person
        """,
        *people.columns,
    )
    return {(organization, person): known_at for organization, person, known_at in rows}


def _kept(organization: str, person: str, facts: list[tuple[str, str, dict[str, Any]]]) -> RetentionRecord:
    said: dict[str, dict[str, dict[str, Any]]] = {}
    for topic, fact, body in facts:
        said.setdefault(topic, {})[fact] = body
    submitted, decided, reversed_ = (
        {fact: _at(body[instant]) for fact, body in said.get(topic, {}).items()} for topic, instant in _DECIDING
    )
    known = [(submitted.get(a), decided.get(a), reversed_.get(a)) for a in {*submitted, *decided}]
    return RetentionRecord(
        organization,
        person,
        {
            fact: ErasureRequest(_at(body["requested_at"]), RequestedBy(body["by"]))
            for fact, body in said.get("erasure-requested", {}).items()
        },
        decided_at=max((at for _, at, undone_at in known if at and reading.stands(at, undone_at)), default=None),
        has_open_application=any(reading.is_undecided(*instants) for instants in known),
        bases=_bases(answers(said.get("consent-changed", {}).values(), said.get("candidate-responded", {}).values())),
        merges=[
            CandidateMerge(f, tuple(b["merged"]), _at(b["merged_at"]))
            for f, b in said.get("candidate-merged", {}).items()
        ],
    )


_DECIDING = (
    ("application-submitted", "submitted_at"),
    ("application-decided", "decided_at"),
    ("application-decision-reversed", "reversed_at"),
)


def _bases(given: Iterable[Mapping[str, Any]]) -> list[RetentionBasis]:
    """What they agree to now that is about keeping them: a survey is not."""
    return [
        RetentionBasis(_at(c["given_at"]), _at(c["expires_at"]) if c["expires_at"] else None)
        for c in given
        if c["granted"] and c["purpose"] != Purpose.SURVEY
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


KEEPING = DerivedTable[DueStep](
    "keeping",
    key=("organization", "candidate"),
    columns={
        "organization": "text", "candidate": "text", "rule_at": "timestamptz", "requested_at": "timestamptz",
        "seen_at": "timestamptz",
    },
    named={"rule_at": "due_at"},
    once=["seen_at"],  # since when they are known
    alike=["seen_at"],
)  # fmt: skip


async def find_due_keeping(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Whose next step is due."""
    rows = await conn.fetch(
        """
        SELECT organization, candidate FROM keeping
        WHERE rule_at <= $1 AND (requested_at IS NOT NULL OR seen_at <= $2)
        ORDER BY rule_at LIMIT $3
        """,
        now,
        now - GRACE,
        limit,
    )
    return [(organization, candidate) for organization, candidate in rows]


async def load_progress(conn: Connection, people: People) -> ErasureProgress:
    """How far the erasure of one person is."""
    rows = await conn.fetch(
        """
        SELECT f.topic, f.fact, f.body FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT topic, fact, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        WHERE f.topic IN ('candidate-erased', 'erasure-completed', 'erasure-requested')
        """,
        *people.ids,
    )
    bodies = [(topic, json.loads(body)) for topic, _, body in rows]
    asked = [body for topic, body in bodies if topic == "erasure-requested"]
    done = [_at(body["erased_at"]) for topic, body in bodies if topic == "candidate-erased"]
    first = min(asked, key=lambda body: body["requested_at"], default=None)
    due_at = await conn.fetchval(
        """
        SELECT min(x.rule_at) FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        JOIN keeping x ON x.organization = k.organization AND x.candidate = k.candidate
        WHERE x.requested_at IS NOT NULL
        """,
        *people.ids,
    )
    return ErasureProgress(
        _at(first["requested_at"]) if first else None,
        first["by"] if first else None,
        due_at,
        max(done, default=None),
        {body["service"]: _at(body["at"]) for topic, body in bodies if topic == "erasure-completed"},
    )
