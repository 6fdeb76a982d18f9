"""One person: what happened and why, what they agreed to, who looked; and their rights."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from services.console.api.acts import is_typed, status_of
from services.console.api.mentors import PROPOSERS
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import candidates
from services.console.calls.audit import EXPORTS, READS
from services.console.calls.desk import CallRefused, Hole, hole_of, panel, panels, unless_refused, value_of
from services.console.calls.interviews.applications import APPLICATIONS
from services.console.calls.interviews.feedback import FEEDBACK, INTERVIEWS
from services.console.calls.names import find_names
from services.console.calls.notifications.letters import LETTERS_TO
from services.console.calls.notifications.work import RESPONSES
from services.console.calls.route import Said
from services.console.calls.route import Service as ServiceName
from services.console.domain.readings import who_looked
from services.console.domain.timeline import timeline
from shared.web.problems import Forbidden
from shared.web.roles import READERS, Role

routes = page_routes()
ROWS = 200
RESTRICTED = "candidate-restricted"
_AUDITORS = frozenset({Role.AUDITOR, Role.ADMIN})
AtPerson = Annotated[Visitor, Depends(visiting(Place.PERSON))]


class PersonAct(BaseModel):
    """To erase somebody, with their name typed; `by`: who wants it."""

    act: Literal["erase"]
    etag: str = ""
    name: str = ""
    by: Literal["candidate", "platform"] = "candidate"


class ErasureDone(BaseModel):
    """What came of it: `wrong` when the name is not theirs."""

    act: PersonAct
    wrong: bool = False
    refused: Any = None


@routes.get("/people/{candidate}")
async def show_person(candidate: str, visitor: AtPerson, tab: Literal["all", "rights"] = "all") -> HTMLResponse:
    """Their timeline; or who looked at them, and their rights."""
    if tab == "rights":
        return await _show_rights(visitor, candidate)
    return await _show(visitor, candidate)


@routes.post("/people/{candidate}")
async def erase(candidate: str, visitor: AtPerson, act: Annotated[PersonAct, Form()]) -> HTMLResponse:
    """Ask for somebody to be erased everywhere. There is no way back: their name has to be typed."""
    if Role.ADMIN not in visitor.roles:
        raise Forbidden("Administrators ask for an erasure.")
    known = await visitor.desk.read(candidates.PROFILE, candidate=candidate)
    if not is_typed(known.name, act.name):
        return await _show_rights(visitor, candidate, ErasureDone(act=act, wrong=True))
    said = Said({"requested_at": visitor.now.isoformat(), "by": act.by})
    asked = await unless_refused(visitor.desk.change(candidates.ERASE, said, etag=act.etag, candidate=candidate))
    return await _show_rights(visitor, candidate, ErasureDone(act=act, refused=hole_of(asked)))


@routes.get("/people/{candidate}/export/{service}")
async def export(candidate: str, service: ServiceName, visitor: AtPerson) -> Response:
    """Everything one service holds about them, as a file."""
    found = await visitor.desk.fetch(EXPORTS[service], candidate=candidate)
    name = f"attachment; filename=talentloop-{service}.json"
    return Response(found.content, media_type="application/json", headers={"Content-Disposition": name})


async def _show(visitor: Visitor, candidate: str) -> HTMLResponse:
    found = _opened(await panels(**_asked(visitor, candidate)))
    if _is_restricted(found.get("profile")):
        return _show_restricted(visitor)
    _raise_unknown(found.get("profile"))
    rows = {name: _rows(part) for name, part in found.items()}
    entries = timeline(
        rows["applications"], rows["interviews"], rows["feedback"], rows.get("responses", ()),
        rows.get("consents", ()), rows.get("pool", ()), rows.get("letters", ()),
    )  # fmt: skip
    names = await find_names(
        visitor.desk,
        people=() if "profile" in found else [candidate],
        users=_colleagues(rows),
        jobs=[getattr(one, "job", None) for some in rows.values() for one in some],
    )
    return visitor.show(
        "person.html", place=None, candidate=candidate, found=found, rows=rows, entries=entries, names=names,
        tab="all", may_audit=bool(visitor.roles & _AUDITORS), may_propose=bool(visitor.roles & PROPOSERS),
    )  # fmt: skip


def _asked(visitor: Visitor, candidate: str) -> dict[str, Any]:
    """What is known of them; hiring managers see what belongs to their own jobs."""
    desk, about = visitor.desk, {"candidate": candidate, "limit": ROWS}
    asked: dict[str, Any] = {
        "applications": desk.read(APPLICATIONS, **about),
        "interviews": desk.read(INTERVIEWS, **about),
        "feedback": desk.read(FEEDBACK, state="submitted", **about),
    }
    if not visitor.roles & {*READERS}:
        return asked | {"mentorships": desk.read(candidates.MENTORSHIPS, **about)}
    return asked | {
        "summary": desk.read(candidates.SUMMARY, candidate=candidate),
        "letters": desk.read(LETTERS_TO, **about),
        "responses": desk.read(RESPONSES, **about),
    }


def _opened(found: dict[str, Any]) -> dict[str, Any]:
    """With the parts of a summary, or the hole it leaves, each by itself."""
    if (summary := found.pop("summary", None)) is None:
        return found
    if isinstance(summary, Hole):
        return found | dict.fromkeys(("profile", "pool", "consents"), summary)
    return found | {
        "profile": summary.profile,
        "pool": summary.memberships,
        "consents": summary.consents,
        "mentorships": summary.mentorships,
        "referrals": summary.referrals,
    }


async def _show_rights(visitor: Visitor, candidate: str, done: ErasureDone | None = None) -> HTMLResponse:
    """For auditors and administrators."""
    if not visitor.roles & _AUDITORS:
        raise Forbidden("Who looked at somebody is told to auditors and administrators.")
    desk = visitor.desk
    known, erasure, *reads = await asyncio.gather(
        panel(desk.read(candidates.PROFILE, candidate=candidate)),
        panel(desk.look(candidates.ERASURE, candidate=candidate)),
        *(panel(desk.read(route, candidate=candidate, limit=50)) for route in READS.values()),
    )
    if _is_restricted(known):
        return _show_restricted(visitor, value_of(erasure))
    _raise_unknown(known)
    looked = who_looked({service: _rows(part) for service, part in zip(READS, reads, strict=True)})
    names = await find_names(desk, users={one.reader for one in looked})
    return visitor.show(
        "person_rights.html", place=None, candidate=candidate, profile=known, erasure=erasure, looked=looked,
        holes=[part for part in reads if isinstance(part, Hole)], names=names, done=done, tab="rights",
        services=list(READS), may_audit=True, is_admin=Role.ADMIN in visitor.roles, status=_status(done),
    )  # fmt: skip


def _show_restricted(visitor: Visitor, erasure: Any = None) -> HTMLResponse:
    """That they asked to be forgotten, and nothing else: not even their name."""
    return visitor.show("person_restricted.html", place=None, status=403, erasure=erasure)


def _is_restricted(part: object) -> bool:
    return isinstance(part, Hole) and part.refusal is not None and part.refusal.code == RESTRICTED


def _raise_unknown(part: object) -> None:
    """Nobody of this id: the page says so."""
    if isinstance(part, Hole) and part.refusal is not None and part.refusal.status == 404:
        raise CallRefused(part.service, part.refusal)


def _rows(part: Any) -> tuple[Any, ...]:
    return part if isinstance(part, tuple) and not isinstance(part, Hole) else tuple(getattr(part, "items", ()))


def _colleagues(rows: dict[str, tuple[Any, ...]]) -> set[str | None]:
    found: set[str | None] = set()
    for one in (one for some in rows.values() for one in some):
        found |= {*getattr(one, "interviewers", ()), getattr(one, "interviewer", None), getattr(one, "user", None)}
        found.add(getattr(getattr(one, "decision", None), "decided_by", None))
        found.add(getattr(getattr(one, "review", None), "by", None))
    return found


def _status(done: ErasureDone | None) -> int:
    return 422 if done and done.wrong else status_of(done)
