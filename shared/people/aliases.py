"""Merged people: which id stands for whom. Facts keep the id they came with; every lookup asks here."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from shared.contracts import CandidateMerged
from shared.kit.db import Connection
from shared.kit.people import People
from shared.kit.versions import NewFact


class StandingMerge(NamedTuple):
    """One standing merge: `surviving` stands for every id of `merged`."""

    surviving: str
    merged: tuple[str, ...]


def resolve(merges: Iterable[StandingMerge]) -> dict[str, str]:
    """Every joined id -> the person's id, transitively. In a cycle the smallest id that survives anything wins."""
    groups: dict[str, set[str]] = {}
    survivors: set[str] = set()
    swallowed: set[str] = set()
    for merge in merges:
        group = {merge.surviving, *merge.merged}
        if len(group) > 1:
            survivors.add(merge.surviving)
            swallowed |= group - {merge.surviving}
        for known in [groups[i] for i in group if i in groups]:
            group |= known
        for member in group:
            groups[member] = group
    person = {i: min(g & (survivors - swallowed) or g & survivors or g) for i, g in groups.items()}
    return {i: p for i, p in person.items() if i != p}


async def follow(conn: Connection, news: Iterable[NewFact]) -> list[NewFact]:
    """Bring the aliases up to date when the news holds merges; return them as news about everyone joined before or now.

    The caller holds the organisation's lock exclusively: a merge moves other people's state.
    """
    organizations = sorted({n.organization for n in news if n.topic == CandidateMerged.topic})
    concerned: list[NewFact] = []
    for organization in organizations:
        before = await _load_aliases(conn, organization)
        now = resolve(await _load_merges(conn, organization))
        changed = {i for i in before.keys() | now.keys() if before.get(i) != now.get(i)}
        changed |= {m[i] for m in (before, now) for i in changed if i in m}
        concerned += [_about(organization, i) for i in sorted(changed)]
        await _save_aliases(conn, organization, now)
    return concerned


async def part(conn: Connection, people: People) -> list[NewFact]:
    """Bring the aliases of these people, who are locked, up to date after a merge of theirs was erased.

    Returns news about everyone who stands alone now, or joined to somebody else.
    """
    concerned: list[NewFact] = []
    for organization in sorted(people.organizations):
        now = resolve(await _load_merges(conn, organization))
        theirs = {c: p for o, p, c in zip(*people.columns, strict=True) if o == organization}
        await conn.execute(
            "DELETE FROM aliases WHERE organization = $1 AND candidate = ANY($2)", organization, [*theirs]
        )
        await _add_aliases(conn, organization, {i: now[i] for i in theirs if i in now})
        concerned += [_about(organization, i) for i, before in sorted(theirs.items()) if now.get(i, i) != before]
    return concerned


def _about(organization: str, candidate: str) -> NewFact:
    return NewFact(organization, CandidateMerged.topic, candidate, candidate, None, None, None)


async def _load_merges(conn: Connection, organization: str) -> list[StandingMerge]:
    rows = await conn.fetch(
        "SELECT body FROM facts WHERE organization = $1 AND topic = 'candidate-merged' ORDER BY fact",
        organization,
    )
    bodies = [json.loads(row[0]) for row in rows]
    return [StandingMerge(body["surviving"], tuple(body["merged"])) for body in bodies]


async def _load_aliases(conn: Connection, organization: str) -> dict[str, str]:
    rows = await conn.fetch("SELECT candidate, person FROM aliases WHERE organization = $1", organization)
    return {row["candidate"]: row["person"] for row in rows}


async def _save_aliases(conn: Connection, organization: str, joined: dict[str, str]) -> None:
    await conn.execute("DELETE FROM aliases WHERE organization = $1", organization)
    await _add_aliases(conn, organization, joined)


async def _add_aliases(conn: Connection, organization: str, joined: dict[str, str]) -> None:
    await conn.execute(
        """
        INSERT INTO aliases (organization, candidate, person)
        SELECT $1, candidate, person FROM unnest($2::text[], $3::text[]) AS u(candidate, person) ORDER BY 2
        """,
        organization,
        list(joined),
        list(joined.values()),
    )
