"""Those who work with interviews, and how their organisation wants things done."""

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from services.interviews.api.answers import NEW, save
from services.interviews.api.callers import IN_ADDRESS, Admin, AnId, Anybody, Colleague, JobReader, Writer
from services.interviews.sql.lists import list_users
from services.interviews.sql.lookups import load_facts
from shared.contracts import Id, OrganizationConfigured, UserRegistered, missing_for_live
from shared.web.answers import Saved
from shared.web.bodies import Routes, event_of
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.linting import lint_aside
from shared.web.named import AnyNamed
from shared.web.problems import Forbidden, NotFound, Unprocessable
from shared.web.roles import READERS, Role

routes = Routes(tags=["organization"])


class UserNotFound(NotFound):
    """Nobody of this id is registered."""

    code = "user-not-found"


class NotConfigured(NotFound):
    """This organisation never said how it wants things done."""

    code = "organization-not-configured"


class NotYou(Forbidden):
    """An interviewer reads their own entry only."""

    code = "not-you"


class ReasonWithFindings(Unprocessable):
    """The lint found something in what candidates would read about a closed job."""

    code = "closing-reason-has-findings"


class User(UserRegistered):
    """Somebody who works with interviews."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ada Lindqvist", "email": "ada@halden.example", "active": True}]}
    )
    user: Id = IN_ADDRESS


class Organization(OrganizationConfigured):
    """How this organisation wants things done; deadlines in business days."""

    missing_for_live: tuple[str, ...] = Field(
        default=(),
        description="What is to be said before mail leaves, and is not; told, and of no effect where it is sent back.",
    )
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Halden", "timezone": "Europe/Berlin", "outreach_mode": "approve"}]}
    )


class Myself(BaseModel):
    """A caller as their organisation knows them; what it never said is absent."""

    user: Id
    name: str | None = None
    timezone: str | None = None
    organization: str | None = Field(default=None, description="What people call it.")
    organization_timezone: str | None = None


@routes.get("/me")
async def read_myself(caller: Colleague) -> Myself:
    """Whoever asks, in whatever role: their name and time zone, and those of their organisation."""
    async with caller.turn() as turn:
        known = await load_facts(turn.conn, caller.organization, caller.user, [UserRegistered.topic])
        stands = await load_facts(turn.conn, caller.organization, caller.organization, [OrganizationConfigured.topic])
    user = UserRegistered.model_validate_json(known[UserRegistered.topic]) if known else None
    house = OrganizationConfigured.model_validate_json(stands[OrganizationConfigured.topic]) if stands else None
    return Myself(
        user=caller.user,
        name=user and user.name,
        timezone=user and user.timezone,
        organization=house and house.name,
        organization_timezone=house and house.timezone,
    )


@routes.put("/users/{user}", responses=NEW)
async def register_user(user: AnId, body: User, response: Response, caller: Writer) -> Saved:
    """Register somebody who works with interviews, or replace what is known of them."""
    async with caller.turn() as turn:
        return await save(turn, caller, event_of(UserRegistered, body, user), response)


@routes.get("/users/{user}")
async def read_user(user: AnId, caller: Anybody) -> UserRegistered:
    """Somebody who works with interviews. Interviewers read their own entry."""
    if not caller.roles & {*READERS, Role.HIRING_MANAGER} and user != caller.user:
        raise NotYou("You may read your own entry.")
    async with caller.turn() as turn:
        found = await load_facts(turn.conn, caller.organization, user, [UserRegistered.topic])
        await caller.show_version(turn.conn, UserRegistered, user)
    if not found:
        raise UserNotFound("There is no user of this id.")
    return UserRegistered.model_validate_json(found[UserRegistered.topic])


@routes.get("/users")
async def read_users(
    caller: JobReader, ids: AnyNamed, cursor: Cursor = None, limit: Limit = 50
) -> Page[UserRegistered]:
    """Everyone who works with interviews, or those of these ids, in the order of their ids."""
    async with caller.turn() as turn:
        users = await list_users(turn.conn, caller.organization, ids, opened(cursor, 1)[0], limit)
    items = [UserRegistered.model_validate_json(u.body) for u in users]
    return Page(items=items, cursor=following(users, limit, lambda u: [u.user]))


@routes.put("/organization", responses=NEW)
async def configure_organization(body: Organization, response: Response, caller: Admin) -> Saved:
    """Say how this organisation wants things done.

    `closing_reasons` are sentences for candidates, one of which a job that ends without a hire may name: 422 when the
    lint finds anything in them.
    """
    await _refuse_findings(body)
    event = OrganizationConfigured.model_validate(dict(body))
    async with caller.turn() as turn:
        return await save(turn, caller, event, response)


async def _refuse_findings(body: Organization) -> None:
    for reason in body.closing_reasons:
        for said in reason.texts:
            if findings := await lint_aside([said.text], said.language):
                found = ", ".join(sorted({f.code for f in findings}))
                raise ReasonWithFindings(f"Closing reason {reason.reason} ({said.language}): the lint found {found}.")


@routes.get("/organization")
async def read_organization(caller: Anybody) -> Organization:
    """How this organisation wants things done, and what it leaves open that is to be said before mail leaves."""
    async with caller.turn() as turn:
        found = await load_facts(turn.conn, caller.organization, caller.organization, [OrganizationConfigured.topic])
        await caller.show_version(turn.conn, OrganizationConfigured, caller.organization)
    if not found:
        raise NotConfigured("This organisation is not configured yet.")
    stands = dict(OrganizationConfigured.model_validate_json(found[OrganizationConfigured.topic]))
    return Organization(**stands, missing_for_live=missing_for_live(stands))
