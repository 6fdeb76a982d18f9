"""People and what they consented to."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from services.candidates.api.callers import AnId, Anybody, CandidateNotFound, NewerKnown, Reader, Writer
from services.candidates.sql.mentoring import find_mentored_now
from services.candidates.sql.names import find_met, load_names
from services.candidates.sql.people import find_known, load_consents, load_person, load_profile
from shared.contracts import (
    CandidateRegistered,
    Condition,
    ConsentChanged,
    Country,
    Email,
    Id,
    Instant,
    Language,
    Name,
    Phone,
    Plan,
    Purpose,
    Skill,
    Text,
    TimeZone,
    Url,
    Value,
    reading,
)
from shared.kit.db import Connection
from shared.kit.people import People
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.named import Named
from shared.web.roles import READERS, Role

routes = Routes(tags=["people"])


class Profile(Value):
    """Somebody's whole profile."""

    name: Name
    email: Email | None = None
    preferred_name: Name | None = None
    phone: Phone | None = None
    language: Language | None = None
    timezone: TimeZone | None = None
    country: Country | None = None
    skills: Annotated[tuple[Skill, ...], Field(max_length=200)] = ()
    availability: Text | None = None
    source: Name | None = None
    contactable: bool = True
    url: Url | None = None


class KnownProfile(Profile):
    """A profile, and every id this person is known by; `candidate` stands for all of them."""

    candidate: Id
    ids: list[Id]


class PersonName(Value):
    """Who somebody is; `person` is the id that stands for all of theirs."""

    candidate: Id
    person: Id
    name: Name
    preferred_name: Name | None


class Answer(Value):
    """An answer to one purpose: granted or not, when, to which words and how."""

    granted: bool
    given_at: Instant
    text_version: Id
    language: Language
    how: Name
    expires_at: Plan | None = None
    conditions: Annotated[tuple[Condition, ...], Field(max_length=10)] = ()


class KnownConsent(Answer):
    """The answer that counts for one purpose, over every id of a person."""

    candidate: Id
    purpose: Purpose


class Consents(Value):
    """Every purpose somebody ever answered to."""

    candidate: Id
    consents: list[KnownConsent]


@routes.put("/candidates/{candidate}", responses={201: {"description": "New.", "model": Saved}})
async def register_candidate(candidate: AnId, profile: Profile, response: Response, caller: Writer) -> Saved:
    """Register somebody, or replace their whole profile."""
    event = event_of(CandidateRegistered, profile, candidate)
    async with caller.turn() as turn:
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


@routes.get("/candidates")
async def read_names(caller: Anybody, ids: Named, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonName]:
    """The names of these candidates, by any of their ids and in their order; whom nobody knows is left out.

    Hiring managers learn names of who applied for their jobs, interviewers of whom they interview, mentors of whom
    they mentor.
    """
    after = opened(cursor, 1)[0]
    async with caller.turn() as turn:
        named = [candidate for candidate in ids if candidate > after]
        allowed = await find_allowed(turn.conn, caller, named)
        found = await load_names(turn.conn, caller.organization, allowed, limit)
        visible = await caller.visible(turn.conn, found)
        await caller.note_reading(turn, [one.candidate for one in visible])
    items = [PersonName(**{n: v for n, v in one._asdict().items() if n != "email"}) for one in visible]
    return Page(items=items, cursor=following(found, limit, lambda one: [one.candidate]))


async def find_allowed(conn: Connection, caller: Caller, candidates: list[str]) -> list[str]:
    """Those of these candidates whom the caller has to do with, all for whoever reads everybody."""
    if caller.roles & {*READERS}:
        return candidates
    manager = caller.user if Role.HIRING_MANAGER in caller.roles else None
    interviewer = caller.user if Role.INTERVIEWER in caller.roles else None
    met = await find_met(conn, caller.organization, candidates, manager, interviewer)
    return sorted({*met, *await find_mentored_now(conn, caller.organization, caller.user, candidates)})


@routes.get("/candidates/{candidate}")
async def read_candidate(candidate: AnId, caller: Reader) -> KnownProfile:
    """Somebody's newest profile, by any of their ids."""
    async with caller.turn() as turn:
        _, profile = await find_profile(turn.conn, caller.organization, candidate)
        await caller.show_version(turn.conn, CandidateRegistered, candidate)
        await caller.note_reading(turn, [candidate])
    return profile


async def find_profile(conn: Connection, organization: str, candidate: str) -> tuple[People, KnownProfile]:
    """Somebody by any of their ids, and their newest profile. Raises CandidateNotFound."""
    people = await load_person(conn, organization, candidate)
    profile = await load_profile(conn, people)
    if profile is None:
        raise CandidateNotFound("Nobody of this id is registered.")
    person = people.pairs[0][1]
    return people, KnownProfile.model_validate({**profile, "candidate": person, "ids": people.ids[1]})


@routes.put(
    "/candidates/{candidate}/consents/{purpose}", responses={201: {"description": "First answer.", "model": Saved}}
)
async def change_consent(
    candidate: AnId, purpose: Purpose, answer: Answer, response: Response, caller: Writer
) -> Saved:
    """Keep an answer to one purpose. 409 when a newer answer is known."""
    event = event_of(ConsentChanged, answer, candidate, purpose=purpose)
    async with caller.turn() as turn:
        people = await load_person(turn.conn, caller.organization, candidate)
        if not await find_known(turn.conn, caller.organization, candidate):
            raise CandidateNotFound("Register this candidate first.")
        if _is_older(event, await load_consents(turn.conn, people)):
            raise NewerKnown("A newer answer to this purpose is known.")
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


@routes.get("/candidates/{candidate}/consents")
async def read_consents(candidate: AnId, caller: Reader) -> Consents:
    """For each purpose the newest answer; a tie is a withdrawal."""
    async with caller.turn() as turn:
        people = await load_person(turn.conn, caller.organization, candidate)
        known = await find_known(turn.conn, caller.organization, candidate)
        consents = await load_consents(turn.conn, people)
        if not known:
            raise CandidateNotFound("Nobody of this id is known.")
        await caller.note_reading(turn, [candidate])
    return Consents(candidate=people.pairs[0][1], consents=[KnownConsent.model_validate(c) for c in consents])


def _is_older(event: ConsentChanged, known: Iterable[Mapping[str, Any]]) -> bool:
    """A newer one is known, or a no of the same instant; when it runs out may be corrected."""
    newest = [KnownConsent.model_validate(c) for c in known if c["purpose"] == event.purpose]
    return any(_order(c)[:2] > _order(event)[:2] and c.candidate == event.candidate for c in newest)


def _order(answer: KnownConsent | ConsentChanged) -> tuple[datetime, bool, timedelta]:
    return reading.consent_order(answer.granted, answer.given_at, answer.expires_at)
