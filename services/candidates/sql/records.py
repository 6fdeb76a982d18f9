"""What the facts say about people: applications with their verdicts, interviews, consent, signs, reviews."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from services.candidates.domain.consent import Consent, newest
from services.candidates.domain.interviews import InterviewSaid
from services.candidates.domain.records import AssessedApplication, CandidateRecord, MembershipReview, SaidMembership
from services.candidates.sql.interviews import load_interviews
from shared.contracts import GENERAL, Outcome, ReviewAction, Tier, family_of
from shared.kit.db import Connection
from shared.kit.people import Pair, People

NOT_NOW = relativedelta(months=6)


class _Verdicts(NamedTuple):
    points: list[int]
    evidence: list[str]
    touched_at: Any


class _Applied(NamedTuple):
    """What was said of one application; or, of nobody, of a job: the last three."""

    organization: str
    person: Any
    application: str
    job: Any
    submitted_at: datetime | None
    decided_at: datetime | None
    outcome: Any
    disqualifying: bool
    would_reconsider: bool | None
    reconsider_after: datetime | None
    stands: bool
    family: Any
    department: str | None
    cycle: str | None


class _Opening(NamedTuple):
    family: str
    cycle: str | None


_NO_VERDICTS = _Verdicts([], [], None)


async def load_records(conn: Connection, people: People, *, judged: Collection[Pair] = ()) -> list[CandidateRecord]:
    """Everyone with all that the rules ask for; with verdicts those of the `judged` who were decided about.

    Nothing that stands against a match is a verdict: matching leaves them out.
    """
    if not people:
        return []
    applied, jobs = await _load_applications(conn, people)
    decided = {(a.organization, a.person) for a in applied if a.decided_at}.intersection(judged)
    verdicts = await _load_verdicts(conn, people.only(decided)) if decided else {}
    applications = _by_person(applied, jobs, verdicts)
    interviews = await load_interviews(conn, people)
    others = await _load_others(conn, people)
    return [
        _record(pair, applications.get(pair, []), interviews.get(pair, []), others.get(pair)) for pair in people.pairs
    ]


async def _load_applications(conn: Connection, people: People) -> tuple[list[_Applied], dict[Pair, _Opening]]:
    """Every application, and its job. Of one that is not known but for a reversal nothing is known."""
    rows = await conn.fetch(
        """
        WITH applied AS MATERIALIZED (
            SELECT k.organization, k.person, f.application,
                   coalesce(max(f.job) FILTER (WHERE f.topic = 'application-submitted'), max(f.job)) AS job,
                   max(f.submitted_at) AS submitted_at, max(f.decided_at) AS decided_at, max(f.outcome) AS outcome,
                   bool_or(f.disqualifying) AS disqualifying, bool_or(f.would_reconsider) AS would_reconsider,
                   max(f.reconsider_after) AS reconsider_after,
                   stands(max(f.decided_at), max(f.reversed_at)) AS stands
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM applications f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate OFFSET 0) f
            GROUP BY k.organization, k.person, f.application
        )
        SELECT a.*, NULL AS family, NULL AS department, NULL AS cycle FROM applied a
        UNION ALL
        SELECT k.organization, NULL, NULL, k.job, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               o.family, o.department, o.cycle
        FROM (SELECT DISTINCT organization, job FROM applied) k
        CROSS JOIN LATERAL (SELECT family, department, cycle FROM openings o WHERE o.organization = k.organization
                            AND o.job = k.job OFFSET 0) o
        """,
        *people.columns,
    )
    found = [_Applied(*row) for row in rows]
    jobs = {
        (a.organization, a.job): _Opening(family_of(a.family, a.department), a.cycle) for a in found if a.person is None
    }
    return [a for a in found if a.submitted_at or a.decided_at], jobs


def _by_person(
    applied: list[_Applied], jobs: dict[Pair, _Opening], verdicts: dict[tuple[str, str, str], _Verdicts]
) -> dict[Pair, list[AssessedApplication]]:
    found: dict[Pair, list[AssessedApplication]] = defaultdict(list)
    for a in applied:
        of = verdicts.get((a.organization, a.person, a.application), _NO_VERDICTS)
        found[a.organization, a.person].append(_application(a, jobs.get((a.organization, a.job)), of))
    return found


def _application(a: _Applied, opening: _Opening | None, verdicts: _Verdicts) -> AssessedApplication:
    """Without a job it is general; with an unknown job it has no family yet."""
    general = GENERAL if a.job is None and a.submitted_at else None
    family, cycle = opening or (general, None)
    if not a.stands:
        return AssessedApplication(a.application, a.job, family, cycle, a.submitted_at, touched_at=verdicts.touched_at)
    return AssessedApplication(
        a.application, a.job, family, cycle, a.submitted_at, a.decided_at, Outcome(a.outcome), a.disqualifying,
        a.would_reconsider, a.reconsider_after, *verdicts,
    )  # fmt: skip


async def _load_verdicts(conn: Connection, people: People) -> dict[tuple[str, str, str], _Verdicts]:
    """By application: points and feedback of the verdicts that count, and when feedback was last touched."""
    rows = await conn.fetch(
        """
        SELECT organization, person, application,
               coalesce(array_agg(points ORDER BY feedback) FILTER (WHERE counts), '{}') AS points,
               coalesce(array_agg(feedback ORDER BY feedback) FILTER (WHERE counts), '{}') AS evidence,
               max(greatest(submitted_at, withdrawn_at)) AS touched_at
        FROM (
            SELECT v.*, v.points IS NOT NULL AND v.stands AND v.kind IN ('interview', 'work_sample')
                   AND (d.decided_at IS NULL OR v.submitted_at >= d.decided_at - interval '24 months')
                   AND row_number() OVER (
                       PARTITION BY v.organization, v.person, v.application, v.interviewer, v.interview, v.kind,
                                    v.stands
                       ORDER BY v.submitted_at DESC, v.feedback DESC) = 1 AS counts
            FROM (
                SELECT k.organization, k.person, f.application, f.feedback, f.interviewer, f.interview, f.kind,
                       f.submitted_at, f.withdrawn_at, stands(f.submitted_at, f.withdrawn_at) AS stands,
                       CASE f.overall WHEN 'strong_no' THEN 0 WHEN 'no' THEN 1 WHEN 'yes' THEN 2
                                      WHEN 'strong_yes' THEN 3 END AS points
                FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
                CROSS JOIN LATERAL (SELECT * FROM feedback f WHERE f.organization = k.organization
                                    AND f.candidate = k.candidate OFFSET 0) f
            ) v
            LEFT JOIN LATERAL (SELECT decided_at FROM applications d WHERE d.organization = v.organization
                               AND d.application = v.application AND d.topic = 'application-decided' OFFSET 0) d ON true
        ) verdicts
        GROUP BY organization, person, application
        """,
        *people.columns,
    )
    return {
        (organization, person, application): _Verdicts(*verdicts)
        for organization, person, application, *verdicts in rows
    }


async def _load_others(conn: Connection, people: People) -> dict[Pair, CandidateRecord]:
    """Consent, signs, what they were asked, reviews, what was said, of everyone who has any of it."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person,
               array_agg(k.candidate) FILTER (WHERE f.pool_consent) AS consent_of,
               array_agg((f.body ->> 'granted')::boolean) FILTER (WHERE f.pool_consent) AS granted,
               array_agg((f.body ->> 'given_at')::timestamptz) FILTER (WHERE f.pool_consent) AS given_at,
               array_agg((f.body ->> 'expires_at')::timestamptz) FILTER (WHERE f.pool_consent) AS consent_expires_at,
               max((f.body ->> 'given_at')::timestamptz) FILTER (WHERE f.topic = 'consent-changed') AS last_given_at,
               max((f.body ->> 'responded_at')::timestamptz)
                   FILTER (WHERE f.topic = 'candidate-responded' AND f.body ->> 'kind' <> 'out_of_office'
                           AND f.body ->> 'via' IS NULL)
                   AS last_responded_at,
               array_agg(f.body ->> 'kind') FILTER (WHERE f.choice) AS choices,
               array_agg((f.body ->> 'responded_at')::timestamptz) FILTER (WHERE f.choice) AS chosen_at,
               array_agg((f.body ->> 'until')::timestamptz) FILTER (WHERE f.choice) AS chosen_until,
               array_agg(f.fact) FILTER (WHERE f.pool_invitation) AS invitations,
               array_agg(f.time) FILTER (WHERE f.pool_invitation) AS invited_at,
               array_agg(f.body ->> 'family') FILTER (WHERE f.topic = 'membership-reviewed') AS reviewed,
               array_agg(f.body ->> 'action') FILTER (WHERE f.topic = 'membership-reviewed') AS actions,
               array_agg(f.body ->> 'tier') FILTER (WHERE f.topic = 'membership-reviewed') AS tiers,
               array_agg((f.body ->> 'reviewed_at')::timestamptz)
                   FILTER (WHERE f.topic = 'membership-reviewed') AS reviewed_at,
               array_agg(k.candidate) FILTER (WHERE f.topic = 'candidate-pooled') AS pooled,
               array_agg(f.body ->> 'family') FILTER (WHERE f.topic = 'candidate-pooled') AS pooled_families,
               array_agg(f.body ->> 'application') FILTER (WHERE f.topic = 'candidate-pooled') AS pooled_applications,
               (array_agg((f.body ->> 'contactable')::boolean ORDER BY f.time DESC, f.fact DESC)
                   FILTER (WHERE f.topic = 'candidate-registered'))[1] AS contactable,
               bool_or(f.topic = 'erasure-requested') AS restricted
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (
            SELECT topic, fact, time, body,
                   topic = 'consent-changed' AND body ->> 'purpose' = 'talent_pool' AS pool_consent,
                   topic = 'candidate-responded' AND body ->> 'kind' IN ('not_now', 'interested') AS choice,
                   topic = 'outreach-sent' AND body ->> 'kind' = 'pool_invitation' AS pool_invitation
            FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
              AND f.topic >= 'candidate-pooled' AND f.topic <= 'outreach-sent' OFFSET 0) f
        WHERE f.topic IN ('candidate-pooled', 'candidate-registered', 'candidate-responded', 'consent-changed',
                          'erasure-requested', 'membership-reviewed', 'outreach-sent')
        GROUP BY k.organization, k.person
        """,
        *people.columns,
    )
    return {(row["organization"], row["person"]): _known(row) for row in rows}


def _known(row: Any) -> CandidateRecord:
    return CandidateRecord(
        row["organization"],
        row["person"],
        [],
        consent=_consent(row),
        signs=[at for at in (row["last_given_at"], row["last_responded_at"]) if at],
        invitations=dict(zip(row["invitations"] or (), row["invited_at"] or (), strict=True)),
        reviews=_reviews(row),
        said=_said(row),
        not_now_until=_not_now_until(row),
        contactable=row["contactable"] is not False,
        restricted=row["restricted"],
    )


def _record(
    pair: Pair,
    applications: list[AssessedApplication],
    interviews: list[InterviewSaid],
    others: CandidateRecord | None,
) -> CandidateRecord:
    submitted = [a.submitted_at for a in applications if a.submitted_at]
    known = others or CandidateRecord(*pair)
    return known._replace(applications=applications, interviews=interviews, signs=[*submitted, *known.signs])


def _consent(row: Any) -> Consent | None:
    if row["granted"] is None:
        return None
    given = zip(row["granted"], row["given_at"], row["consent_expires_at"], row["consent_of"], strict=True)
    return newest(Consent(*answer) for answer in given)


def _reviews(row: Any) -> dict[str, MembershipReview]:
    if row["reviewed"] is None:
        return {}
    rows = sorted(
        zip(row["reviewed_at"], row["reviewed"], row["actions"], row["tiers"], strict=True), key=lambda r: r[:3]
    )
    return {
        family_of(family, None): MembershipReview(ReviewAction(action), tier and Tier(tier), at)
        for at, family, action, tier in rows
    }


def _said(row: Any) -> list[SaidMembership]:
    if row["pooled"] is None:
        return []
    return [
        SaidMembership(*s) for s in zip(row["pooled"], row["pooled_families"], row["pooled_applications"], strict=True)
    ]


def _not_now_until(row: Any) -> Any:
    """Until when they asked to be left alone, if that was their newest choice."""
    if row["choices"] is None:
        return None
    chosen_at, kind, until = max(
        zip(row["chosen_at"], row["choices"], row["chosen_until"], strict=True), key=lambda c: c[:2]
    )
    if kind != "not_now":
        return None
    return until or chosen_at + NOT_NOW
