"""Users, and how the organisation wants things done."""

from typing import TYPE_CHECKING, Any, TypeAlias

from fastapi import APIRouter, Response

from services.interviews import sql
from services.interviews.api.bodies import body_of, event_of
from services.interviews.api.callers import (
    NEW,
    Admin,
    AnId,
    Cursor,
    Limit,
    Listed,
    OrganizationNotConfigured,
    Reader,
    Saved,
    UserNotFound,
    Writer,
    listed,
    save,
    wanted,
)
from shared.contracts import OrganizationConfigured, UserRegistered

routes = APIRouter(tags=["organization"])

if TYPE_CHECKING:
    UserBody: TypeAlias = Any
    OrganizationBody: TypeAlias = Any
else:
    UserBody = body_of(UserRegistered, "user")
    OrganizationBody = body_of(OrganizationConfigured)


@routes.put("/users/{user}", responses=NEW)
async def register_user(user: AnId, body: UserBody, response: Response, desk: Writer) -> Saved:
    """Register somebody who works with interviews, or change what is known of them."""
    async with desk.transaction() as conn:
        return await save(desk, conn, response, event_of(UserRegistered, body, {"user": user}))


@routes.get("/users/{user}")
async def read_user(user: AnId, desk: Reader) -> dict[str, Any]:
    """One user."""
    async with desk.transaction() as conn:
        body = await sql.load_body(conn, desk.organization, UserRegistered.topic, user)
    if body is None:
        raise UserNotFound("There is no such user.")
    return body


@routes.get("/users")
async def list_users(desk: Reader, state: str | None = None, cursor: Cursor = "", limit: Limit = 50) -> Listed:
    """Users by id; `state` is active or inactive."""
    async with desk.transaction() as conn:
        page = await sql.list_users(conn, desk.organization, wanted(desk, cursor, limit, state=state))
    return listed(page, limit, "user")


@routes.put("/organization", responses=NEW)
async def configure_organization(body: OrganizationBody, response: Response, desk: Admin) -> Saved:
    """Set how this organisation wants things done; what is left out gets its default."""
    async with desk.transaction() as conn:
        return await save(desk, conn, response, event_of(OrganizationConfigured, body, {}))


@routes.get("/organization")
async def read_organization(desk: Reader) -> dict[str, Any]:
    """How this organisation wants things done."""
    async with desk.transaction() as conn:
        body = await sql.load_body(conn, desk.organization, OrganizationConfigured.topic, desk.organization)
    if body is None:
        raise OrganizationNotConfigured("PUT /organization sets it up.")
    return body
