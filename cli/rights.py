"""`talentloop export` and `talentloop erase`: what somebody may ask of whoever keeps data about them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from cli import sql, where
from cli.asking import Yes, confirm
from cli.errors import Failed, UserMistake
from cli.showing import AsJson
from local.files import write_whole
from services.candidates.domain.keeping import ErasureRequest, RetentionTerms, hold_until
from services.candidates.handlers import router
from services.candidates.sql import held as held_by_candidates
from services.candidates.sql.keeping import load_kept, load_terms
from services.candidates.sql.people import load_person
from services.insights.sql import held as held_by_insights
from services.interviews.sql import held as held_by_interviews
from services.notifications.sql import held as held_by_notifications
from shared.contracts import ErasureRequested, RequestedBy, Saying
from shared.kit.db import EVERYONE, Connection
from shared.kit.people import lock_people
from shared.kit.time import Time
from shared.kit.turn import Turns
from shared.people.export import export as load_export
from shared.web.audit import exported

Candidate = Annotated[str, typer.Argument(help="Any id of the candidate.")]
Organization = Annotated[str | None, typer.Option(help="Whose candidate, where several organisations know one.")]


HOLDINGS = {
    "interviews": held_by_interviews.HOLDINGS,
    "candidates": held_by_candidates.HOLDINGS,
    "notifications": held_by_notifications.HOLDINGS,
    "insights": held_by_insights.HOLDINGS,
}


class HeldFacts(NamedTuple):
    """What one service holds of somebody: facts, by topic."""

    service: str
    facts: dict[str, int]


class ErasurePlan(NamedTuple):
    """What an erasure would do: where, how much, and until when a legal hold keeps it."""

    organization: str
    ids: list[str]
    held: list[HeldFacts]
    held_until: datetime


def export(
    candidate: Candidate,
    organization: Organization = None,
    output: Annotated[Path | None, typer.Option(help="Write here instead, for nobody else to read.")] = None,
) -> None:
    """Print everything about somebody, from every service, as JSON: facts, and by table what is kept beside them.

    Colleagues are masked. Exit 1: nobody of this id.
    """
    text = json.dumps(where.run(_export(candidate, organization)), indent=2, ensure_ascii=False)
    if output:
        write_whole(output, text + "\n", mode=0o600)
    else:
        print(text)


def erase(
    candidate: Candidate,
    organization: Organization = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go, and when.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Ask, as the organisation, for somebody to be erased in every service: at once, or when a legal hold ends.

    Shows what would go, then asks.

    Until then only auditors see them; `GET /candidates/CANDIDATE/erasure` shows each service's receipt.

    Exit 1: nobody of this id.
    """
    plan = where.run(_plan(candidate, organization))
    _show(plan, Console(highlight=False, stderr=as_json))
    if not dry_run:
        confirm("This cannot be undone.", yes=yes)
        where.run(_ask(plan.organization, candidate))
    if as_json:
        held = {h.service: h.facts for h in plan.held}
        print(json.dumps({"asked": not dry_run, "ids": plan.ids, "held": held, "until": plan.held_until.isoformat()}))
    else:
        print("Nothing was done: a dry run." if dry_run else "Asked for.")


def _show(plan: ErasurePlan, console: Console) -> None:
    console.print(_table(plan))
    hold = f"A legal hold keeps it until {plan.held_until:%Y-%m-%d %H:%M} UTC."
    console.print("It is erased at once." if plan.held_until <= datetime.now(UTC) else hold)


def _table(plan: ErasurePlan) -> Table:
    table = Table(
        "service", "topic", "facts", title=f"{', '.join(plan.ids)} of {plan.organization}", title_justify="left"
    )
    for held in plan.held:
        for topic, count in held.facts.items():
            table.add_row(held.service, topic, str(count))
    return table


async def _export(candidate: str, organization: str | None) -> dict[str, Any]:
    services = {}
    for service, holdings in HOLDINGS.items():
        async with where.database(service) as conn:
            owner = await _owner(conn, candidate, organization)
            found = await load_export(conn, holdings, owner, candidate)
        services[service] = exported(service, found).model_dump(mode="json")
    if not any(held["facts"] for held in services.values()):
        raise Failed(f"No service knows a candidate {candidate}.")
    return {"candidate": candidate, "exported_at": datetime.now(UTC).isoformat(), "services": services}


async def _plan(candidate: str, organization: str | None) -> ErasurePlan:
    async with where.database("candidates") as conn:
        owner = await _owner(conn, candidate, organization)
        people = await load_person(conn, owner, candidate)
        now = await Time("demo").read(conn)
        terms = (await load_terms(conn, [owner])).get(owner, RetentionTerms())
        kept = await load_kept(conn, people)
        until = hold_until(kept[0], ErasureRequest(now, RequestedBy.PLATFORM), terms) if kept else now
    ids = people.ids[1]
    held = [await _held(service, owner, ids) for service in HOLDINGS]
    if not any(h.facts for h in held):
        raise Failed(f"No service knows a candidate {candidate}.")
    return ErasurePlan(owner, ids, held, until)


async def _held(service: str, organization: str, ids: list[str]) -> HeldFacts:
    async with where.database(service) as conn:
        return HeldFacts(service, await sql.count_facts_of(conn, organization, ids))


async def _ask(organization: str, candidate: str) -> None:
    """Said and noted in one turn; the service, which has the keys that are needed, restricts and erases."""
    async with where.opened("candidates") as database:
        turns = Turns(database, Time("demo"), router.react)
        async with turns.open(EVERYONE, {organization: False}) as turn:
            await lock_people(turn.conn, [(organization, candidate)])
            asked = ErasureRequested(candidate=candidate, requested_at=turn.now, by=RequestedBy.PLATFORM)
            await turn.say([Saying(organization, asked)])
            await router.remember(turn, turn.take_news())


async def _owner(conn: Connection, candidate: str, organization: str | None) -> str:
    """Whose candidate it is. Raises UserMistake where that is not clear."""
    if organization:
        return organization
    found = await sql.find_organizations_of(conn, candidate)
    if len(found) > 1:
        raise UserMistake(f"{len(found)} organisations know a candidate {candidate}: say --organization.")
    return found[0] if found else "-"
