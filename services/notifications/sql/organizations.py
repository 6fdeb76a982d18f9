"""What organisations and jobs want: settings, titles, teams, who answers for what."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.notifications.domain.interviews import Colleague
from services.notifications.domain.organizations import Opening, OrganizationSettings, SoughtCompetency
from shared.contracts import SETTLING_MINUTES, ClosingReason, FeedbackPolicy, OutreachMode, family_of, legal_frame
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import Pair

_OWNERS = ("recruiter", "coordinator", "hiring_manager")


class ListedColleague(NamedTuple):
    """Somebody of the organisation."""

    user: str
    name: str
    email: str


async def load_organizations(conn: Connection, organizations: Iterable[str]) -> dict[str, OrganizationSettings]:
    """Everyone's settings; the defaults where nothing was said."""
    wanted = sorted(set(organizations))
    rows = await conn.fetch(
        """
        SELECT u.organization, f.time AS since, f.known_at, f.body
        FROM unnest($1::text[]) AS u(organization)
        CROSS JOIN LATERAL (SELECT time, known_at, body FROM facts f WHERE f.organization = u.organization
                            AND f.fact = u.organization AND f.topic = 'organization-configured' OFFSET 0) f
        """,
        wanted,
    )
    known = {row["organization"]: _organization(*row) for row in rows}
    return {
        organization: known.get(organization) or OrganizationSettings(organization, organization)
        for organization in wanted
    }


def _organization(organization: str, since: datetime, known_at: datetime | None, body: str) -> OrganizationSettings:
    said: dict[str, Any] = json.loads(body)
    sender = said.get("sender") or {}
    return OrganizationSettings(
        organization=organization,
        name=said["name"],
        language=said["language"],
        timezone=said["timezone"],
        country=said.get("country"),
        subdivision=said.get("subdivision"),
        mode=OutreachMode(said["outreach_mode"]),
        sender_name=sender.get("name"),
        sender_address=sender.get("address"),
        reply_person=said.get("reply_person"),
        colour=said.get("colour"),
        holding_after=said["holding_after"],
        answer_after=said["answer_after"],
        automatic_release=said["automatic_release"],
        legal_hold_months=said["legal_hold_months"],
        settling=timedelta(minutes=said.get("settling_minutes", SETTLING_MINUTES)),
        closing_reasons=tuple(ClosingReason.model_validate(one) for one in said.get("closing_reasons", ())),
        legal=legal_frame(said),
        since=since,
        known_at=known_at,
    )


async def load_openings(conn: Connection, jobs: Iterable[Pair]) -> dict[str, dict[str, Opening]]:
    """By organisation and job. A job that is only known to be closed has no title yet."""
    rows = await conn.fetch(
        """
        SELECT u.organization, u.job, o.title, o.opened_at, c.closed_at, o.timezone, o.language,
               o.feedback_policy AS policy, o.team, o.url, o.competencies AS sought, o.family, o.department, o.cycle,
               o.known_at AS opening_known_at, c.known_at AS closing_known_at,
               coalesce(c.outcome = 'nobody_hired', false) AS ended_without_hire, c.told_reason
        FROM unnest($1::text[], $2::text[]) AS u(organization, job)
        LEFT JOIN LATERAL (SELECT * FROM openings o WHERE o.organization = u.organization AND o.job = u.job
                           OFFSET 0) o ON true
        LEFT JOIN LATERAL (SELECT * FROM closings c WHERE c.organization = u.organization
                           AND c.job = u.job OFFSET 0) c ON true
        """,
        *parted(sorted(set(jobs))),
    )
    found: dict[str, dict[str, Opening]] = {}
    for organization, job, title, opened_at, closed_at, timezone, language, policy, team, url, sought, *rest in rows:
        family, department, *more = rest
        opening = Opening(
            job, title, opened_at, closed_at, timezone, language, FeedbackPolicy(policy) if policy else None,
            _owner(team), url, _sought(sought), {m["user"]: m["role"] for m in json.loads(team or "[]")},
            *more,
        )  # fmt: skip
        spelled = family_of(family, department) if opened_at else None
        found.setdefault(organization, {})[job] = opening._replace(family=spelled)
    return found


def _sought(competencies: str | None) -> dict[str, SoughtCompetency]:
    known = json.loads(competencies) if competencies else []
    return {
        c["competency"]: SoughtCompetency(c["competency"], c["name"], c["must_have"], c["weight"], c.get("looks_for"))
        for c in known
    }


def _owner(team: str | None) -> str | None:
    """The recruiter, else the coordinator, else the hiring manager."""
    members = json.loads(team) if team else []
    return next((m["user"] for role in _OWNERS for m in members if m["role"] == role), None)


async def load_colleagues(conn: Connection, users: Iterable[Pair]) -> dict[str, dict[str, Colleague]]:
    """By organisation and id: those of these users who are known."""
    rows = await conn.fetch(
        """
        SELECT k.organization, u."user", u.timezone, u.active AS is_active, u.name
        FROM unnest($1::text[], $2::text[]) AS k(organization, "user")
        CROSS JOIN LATERAL (SELECT * FROM users u WHERE u.organization = k.organization
                            AND u."user" = k."user" OFFSET 0) u
        """,
        *parted(sorted(set(users))),
    )
    found: dict[str, dict[str, Colleague]] = {}
    for organization, user, *known in rows:
        found.setdefault(organization, {})[user] = Colleague(user, *known)
    return found


async def list_names(conn: Connection, organization: str) -> list[str]:
    """Of everyone who works or worked there."""
    rows = await conn.fetch("SELECT DISTINCT name FROM users WHERE organization = $1 ORDER BY name", organization)
    return [row["name"] for row in rows]


async def find_named(conn: Connection, jobs: Iterable[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone whom any fact names together with one of these jobs."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT k.organization, f.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = k.organization AND f.job = k.job
                            AND f.candidate IS NOT NULL OFFSET 0) f
        """,
        *parted(sorted(set(jobs))),
    )
    return [(organization, candidate) for organization, candidate in rows]


async def find_reminded(conn: Connection, users: Iterable[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone of whom one of these users is written to."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT k.organization, l.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, "user")
        CROSS JOIN LATERAL (SELECT candidate FROM letters l WHERE l.organization = k.organization
                            AND l.recipient = k."user" AND l.kind IN ('mentor', 'referral', 'reminder')
                            OFFSET 0) l
        """,
        *parted(sorted(set(users))),
    )
    return [(organization, candidate) for organization, candidate in rows]


async def load_hiring_managers(conn: Connection, organization: str, job: str) -> list[str]:
    """Who manages the hiring for a job."""
    team = await conn.fetchval("SELECT team FROM openings WHERE organization = $1 AND job = $2", organization, job)
    return [m["user"] for m in json.loads(team) if m["role"] == "hiring_manager"] if team else []


async def find_managed_jobs(conn: Connection, organization: str, user: str) -> list[str]:
    """The jobs somebody manages the hiring for."""
    rows = await conn.fetch(
        """
        SELECT job FROM openings
        WHERE organization = $1 AND team @> jsonb_build_array(jsonb_build_object('user', $2::text,
                                                                                 'role', 'hiring_manager'))
        ORDER BY job
        """,
        organization,
        user,
    )
    return [row[0] for row in rows]


async def load_user(conn: Connection, organization: str, user: str) -> ListedColleague | None:
    """Somebody of the organisation, or None."""
    row = await conn.fetchrow(
        """SELECT "user", name, email FROM users WHERE organization = $1 AND "user" = $2""", organization, user
    )
    return ListedColleague(*row) if row else None


async def load_owner(conn: Connection, organization: str, job: str | None) -> ListedColleague | None:
    """Who answers for a job, else for the organisation; None while neither is known."""
    openings = (await load_openings(conn, [(organization, job)])).get(organization, {}) if job else {}
    settings = (await load_organizations(conn, [organization]))[organization]
    owner = openings[job].owner if job and job in openings else None
    for user in (owner, settings.reply_person):
        if user and (found := await load_user(conn, organization, user)):
            return found
    return None
