"""What the facts say about people: one row for each fact, put together as the rules of letters ask for it."""

import json
from collections import defaultdict
from datetime import datetime

from services.notifications.domain.organizations import Opening, OrganizationSettings
from services.notifications.domain.policy import TO_COLLEAGUES, LetterKind
from services.notifications.domain.records import (
    COMPLAINT,
    MACHINE,
    BouncedLetter,
    BrokenPromise,
    EndedRequest,
    LetterRelease,
    LinkRequest,
    PendingErasure,
    RecipientRecord,
    StoredLetter,
    WrittenAnswer,
)
from services.notifications.domain.requests import REQUESTS
from services.notifications.domain.tasks import TaskKind
from services.notifications.sql.applications import applications
from services.notifications.sql.campaigns import load_campaigns
from services.notifications.sql.full_letters import edited, released_items
from services.notifications.sql.interviews import held_slots
from services.notifications.sql.news import with_news
from services.notifications.sql.organizations import load_colleagues, load_openings, load_organizations
from services.notifications.sql.person_facts import Body, Facts, PersonFact, instant, maybe
from services.notifications.sql.pool import memberships, proposals, proposed
from services.notifications.sql.profiles import consents, profile
from services.notifications.sql.relations import mentorships, referrals, relations
from services.notifications.sql.responses import answers, away_until, not_now_until, wishes
from shared.contracts import Cause, Missing, RequestedBy
from shared.kit.db import Connection
from shared.kit.people import Pair, People


async def load_records(conn: Connection, people: People) -> list[RecipientRecord]:
    """Everyone with all that the rules of letters ask for."""
    facts = await _load_facts(conn, people)
    kept = await _load_kept(conn, people)
    closed = await _load_closed(conn, people)
    organizations = await load_organizations(conn, people.organizations)
    named = {(pair[0], k.job) for pair, of in facts.items() for known in of.values() for k in known if k.job}
    openings = await load_openings(conn, named)
    slots = {pair: held_slots(of) for pair, of in facts.items()}
    users = {(p[0], u) for p, of in slots.items() for s in of for u in s.owed_by}
    users |= {(p[0], k.body["interviewer"]) for p, of in facts.items() for k in of.get("feedback-submitted", ())}
    users |= {(p[0], k.body["user"]) for p, of in facts.items() for k in relations(of)}
    users |= {(o, settings.reply_person) for o, settings in organizations.items() if settings.reply_person}
    users |= {(o, u) for o, of in openings.items() for opening in of.values() for u in opening.roles}
    colleagues = await load_colleagues(conn, users)
    campaigns = await load_campaigns(conn, _built_up(facts))
    records = [
        _record(
            organizations[person.organization],
            person.candidate,
            person.ids,
            facts.get((person.organization, person.candidate), {}),
            openings.get(person.organization, {}),
            kept.get((person.organization, person.candidate), []),
            closed.get((person.organization, person.candidate), {}),
        )._replace(
            slots=slots.get((person.organization, person.candidate), []),
            colleagues=colleagues.get(person.organization, {}),
            campaigns=campaigns.get(person.organization, []),
        )
        for person in people
    ]
    return await with_news(conn, records)


def _built_up(facts: dict[Pair, Facts]) -> set[Pair]:
    """(organisation, competency) of what letters suggest to build up."""
    released = ((organization, k) for (organization, _), of in facts.items() for k in of.get("feedback-released", ()))
    return {(organization, point["competency"]) for organization, k in released for point in k.body["development"]}


async def _load_facts(conn: Connection, people: People) -> dict[Pair, Facts]:
    """By person and topic. Of feedback when it was said, of which application, and what may be shared.

    Topics are chosen outside of the walk: inside, a planner without statistics takes them for a reason to walk the key.
    """
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.topic, f.fact, k.candidate, f.job, f.time, f.historical, f.known_at,
               CASE f.topic WHEN 'feedback-submitted'
                            THEN jsonb_build_object('application', f.body ->> 'application',
                                                    'interview', f.body ->> 'interview',
                                                    'interviewer', f.body ->> 'interviewer',
                                                    'submitted_at', f.body ->> 'submitted_at',
                                                    'shareable', f.body -> 'shareable')
                            WHEN 'candidate-matched' THEN '{}'::jsonb ELSE f.body END AS body
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT * FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        WHERE f.topic IN ('application-submitted', 'application-decided', 'application-decision-reversed',
                          'interview-scheduled', 'interview-completed', 'interview-cancelled', 'interview-missed',
                          'feedback-submitted', 'feedback-withdrawn', 'candidate-registered', 'consent-changed',
                          'candidate-responded', 'candidate-pooled', 'candidate-left-pool', 'membership-reviewed',
                          'candidate-matched', 'match-withdrawn', 'match-reviewed', 'candidate-merged',
                          'outreach-sent', 'outreach-bounced', 'erasure-requested', 'feedback-released',
                          'answer-overdue', 'request-answered', 'private-link-asked',
                          'mentorship-proposed', 'mentorship-accepted', 'mentorship-ended', 'referral-made')
        ORDER BY f.time, f.fact
        """,
        *people.columns,
    )
    found: dict[Pair, Facts] = defaultdict(lambda: defaultdict(list))
    for organization, person, topic, fact, candidate, job, time, historical, known_at, body in rows:
        known = PersonFact(topic, fact, candidate, job, time, historical, known_at, json.loads(body))
        found[organization, person][topic].append(known)
    return found


async def _load_kept(conn: Connection, people: People) -> dict[Pair, list[StoredLetter]]:
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, v.*
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (
            SELECT l.kind, l.about, l.recipient, l.step, l.state, l.reason, l.cause_at, l.sent_at, l.failed_at,
                   l.asks_pool AS asked_pool, l.held_reason, l.held_until, d.verdict, d.verdict_on,
                   d.given_at AS verdict_at, d.by_user AS verdict_by, d.variant AS verdict_variant, l.letter,
                   l.address, l.silenced_at, d.not_before, d.basis AS verdict_basis, l.told, e.basis, e.items,
                   e.by_user AS edited_by, e.edited_at
            FROM letters l
            LEFT JOIN LATERAL (SELECT * FROM verdicts d WHERE d.organization = l.organization
                               AND d.letter = l.letter OFFSET 0) d ON true
            LEFT JOIN LATERAL (SELECT * FROM edits e WHERE e.organization = l.organization
                               AND e.letter = l.letter OFFSET 0) e ON true
            WHERE l.organization = k.organization AND l.candidate = k.candidate
              AND NOT (l.state = 'sent' AND l.mailbox IS NULL) OFFSET 0) v
        """,
        *people.columns,
    )
    found: dict[Pair, list[StoredLetter]] = defaultdict(list)
    for organization, person, *known in rows:
        *kept, told, basis, items, edited_by, edited_at = known
        stored = StoredLetter(*kept)._replace(told=json.loads(told) if told else None)
        found[organization, person].append(_kept(stored, basis, items, edited_by, edited_at))
    return found


def _kept(stored: StoredLetter, basis: str | None, items: str, by: str, at: datetime) -> StoredLetter:
    """With what a person made of it, or wrote."""
    if basis is None:
        return stored
    if stored.kind == LetterKind.ANSWER:
        return stored._replace(answer=WrittenAnswer(**json.loads(items), by=by, at=at))
    return stored._replace(edit=edited(basis, json.loads(items), by, at))


async def _load_closed(conn: Connection, people: People) -> dict[Pair, dict[str, datetime]]:
    """What they said that a person has dealt with, and since when it was to be."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, t.about, t.since
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT about, since FROM tasks t WHERE t.organization = k.organization
                            AND t.candidate = k.candidate AND t.candidate <> '' AND t.kind = ANY($4)
                            AND t.done_at IS NOT NULL OFFSET 0) t
        """,
        *people.columns,
        [TaskKind.REPLY, *REQUESTS],
    )
    found: dict[Pair, dict[str, datetime]] = defaultdict(dict)
    for organization, person, about, since in rows:
        found[organization, person][about] = since
    return found


def _record(
    organization: OrganizationSettings,
    candidate: str,
    ids: tuple[str, ...],
    facts: Facts,
    openings: dict[str, Opening],
    kept: list[StoredLetter],
    closed: dict[str, datetime],
) -> RecipientRecord:
    responses = facts.get("candidate-responded", [])
    return RecipientRecord(
        organization=organization,
        candidate=candidate,
        ids=ids,
        profile=profile(facts),
        addresses={k.body["email"] for k in facts.get("candidate-registered", ()) if k.body.get("email")},
        applications=applications(facts),
        memberships=memberships(facts),
        mentorships=mentorships(facts),
        referrals=referrals(facts),
        proposals=proposals(facts),
        proposed=proposed(facts),
        openings=openings,
        consents=consents(facts),
        bounces=_bounces(facts, {k.letter: k.address for k in kept}),
        overdue={k.fact: _late(k.body) for k in facts.get("answer-overdue", ())},
        released=_releases(facts),
        sent={k.fact: k.time for k in facts.get("outreach-sent", ())},
        kept=kept,
        unsubscribed_at=max(
            (instant(k.body["responded_at"]) for k in responses if k.body["kind"] == "unsubscribed"), default=None
        ),
        not_now_until=not_now_until(responses),
        away_until=away_until(responses),
        replies=answers(responses, "replied"),
        unread=answers(responses, "replied", MACHINE),
        complaints=answers(responses, "unsubscribed", COMPLAINT),
        interested=answers(responses, "interested"),
        not_now=answers(responses, "not_now"),
        wishes=wishes(responses, facts.get("request-answered", [])),
        closed=closed,
        ended=_ended(facts),
        is_restricted="erasure-requested" in facts,
        erasure=_erasure(facts),
        link_requests=[
            LinkRequest(k.fact, k.candidate, instant(k.body["asked_at"])) for k in facts.get("private-link-asked", ())
        ],
        known=_known(organization, facts, openings),
    )


def _known(organization: OrganizationSettings, facts: Facts, openings: dict[str, Opening]) -> dict[Cause, datetime]:
    """When others told us each fact that letters ask for."""
    jobs = {k.job for of in facts.values() for k in of}
    told = [(Cause(k.topic, k.fact), k.known_at) for of in facts.values() for k in of]
    for o in (openings[job] for job in jobs if job):
        told += [(Cause("job-opened", o.job), o.opening_known_at), (Cause("job-closed", o.job), o.closing_known_at)]
    told.append((Cause("organization-configured", organization.organization), organization.known_at))
    return {cause: at for cause, at in told if at}


def _releases(facts: Facts) -> dict[str, LetterRelease]:
    """By application the newest one."""
    return {
        k.body["application"]: LetterRelease(
            k.fact,
            instant(k.body["released_at"]),
            *released_items(k.body),
            k.is_historical,
            k.body["approved_by"],
            k.body.get("edited_by"),
            maybe(k.body.get("edited_at")),
        )
        for k in facts.get("feedback-released", ())
    }


def _erasure(facts: Facts) -> PendingErasure | None:
    """The first that they asked for themselves; what a platform or the calendar asks for answers nobody."""
    asked = [
        PendingErasure(k.candidate, instant(k.body["requested_at"]))
        for k in facts.get("erasure-requested", ())
        if k.body["by"] == RequestedBy.CANDIDATE and not k.is_historical
    ]
    return min(asked, key=lambda e: (e.at, e.candidate), default=None)


def _ended(facts: Facts) -> dict[str, EndedRequest]:
    return {
        k.fact: EndedRequest(instant(k.body["answered_at"]), k.body["by"], k.body.get("letter"))
        for k in facts.get("request-answered", ())
    }


def _late(body: Body) -> BrokenPromise:
    return BrokenPromise(
        instant(body["due_at"]), Missing(body["missing"]), body.get("owner"), maybe(body.get("answered_at"))
    )


def _bounces(facts: Facts, addresses: dict[str, str | None]) -> dict[str, BouncedLetter]:
    """By letter those that came back for good."""
    return {
        k.fact: BouncedLetter(k.time, addresses.get(k.fact), is_colleagues=k.body["kind"] in TO_COLLEAGUES)
        for k in facts.get("outreach-bounced", ())
        if k.body["bounce"] == "hard"
    }
