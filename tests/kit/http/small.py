"""A small service to try HTTP on: a few routes, and what tests ask of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import httpx
from fastapi import Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from local.issuer import issue_token
from shared.kit.db import Database
from shared.settings.service import ListeningSettings
from shared.web.access import signed_in
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.links import Links
from shared.web.problems import NotFound
from shared.web.roles import Role

NOWHERE = "postgresql://interviews:hunter2@127.0.0.1:1/interviews"
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
ANSWER = "answer"
LINK_KEY = "l" * 40
JSON = {"content-type": "application/json"}

router = Routes(tags=["jobs"])


class JobNotFound(NotFound):
    """No such job."""

    code = "job-not-found"


class Competency(BaseModel):
    name: str
    level: int = Field(ge=1, le=5)


class Job(BaseModel):
    title: str = Field(max_length=20)
    competencies: list[Competency] = []


@router.put("/jobs/{job}")
async def put_job(
    job: str, body: Job, caller: Annotated[Caller, Depends(signed_in(Role.RECRUITER, Role.ADMIN))]
) -> dict:
    return {"job": job, "organization": caller.organization, "user": caller.user}


@router.get("/jobs/{job}")
async def get_job(job: str, state: Literal["open", "closed"] = "open") -> dict:
    raise JobNotFound(f"There is no {state} job of this id.")


@router.get("/answer/{token}")
async def page(token: str, request: Request) -> HTMLResponse:
    request.app.state.links.open(ANSWER, token, MONDAY)
    return HTMLResponse("<p>One button</p>")


@router.post("/answer/{token}")
async def answer(token: str, kind: Annotated[str, Form()] = "none") -> dict:
    return {"kind": kind}


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("ana@example.org")


@router.get("/event")
async def event() -> None:
    Job.model_validate({"title": "x" * 21})


@router.get("/database")
async def database_needed(caller: Annotated[Caller, Depends(signed_in(*Role))]) -> None:
    async with caller.turn():
        pass


def settings_of(env: str, **more: str) -> ListeningSettings:
    return ListeningSettings(
        **{
            "talentloop_env": env,
            "database_url": NOWHERE,
            "kafka_bootstrap_servers": "127.0.0.1:1",
            "public_url": "http://localhost",
            "oidc_issuer": "https://id.example.org",
            "oidc_jwks_url": "https://id.example.org/keys",
            "link_key": LINK_KEY,
            "hash_key": "h" * 40,
            "parts": "http",
            **more,
        }
    )


Start = Callable[..., Awaitable[httpx.AsyncClient]]


def app_of(client: httpx.AsyncClient) -> FastAPI:
    app: FastAPI = client._transport.app
    return app


def database_of(client: httpx.AsyncClient) -> Database:
    database: Database = app_of(client).state.runtime.database
    return database


def bearer(home: Path, role: str, user: str = "ines") -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(home, user=user, organization='acme', roles=[role])}"}


def link(subject: str = "ana", expires_at: datetime | None = None) -> str:
    return f"/answer/{Links(LINK_KEY).sign(ANSWER, 'acme', subject, expires_at)}"


def problem(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    told: dict[str, object] = response.json()
    assert (response.status_code, told["code"], told["status"]) == (status, code, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert told["request_id"] == response.headers["x-request-id"]
    assert told["title"]
    return told
