"""What a digest says: gathered from what waits, written in the organisation's language, with ways into the console."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from services.notifications.domain.digests import ROWS, Digest, DigestReader, JobCount, ReviewKind, answers_for, decides
from services.notifications.domain.letters import Variant
from services.notifications.domain.organizations import OrganizationSettings
from services.notifications.letters.rendering import LetterFrame, Value, language_for, write, written_name
from services.notifications.letters.writing import WrittenLetter
from services.notifications.sql.digests import (
    count_letters,
    count_reviews,
    count_waits,
    load_longest,
    load_names,
    load_open_tasks,
    load_teams,
)
from shared.kit.db import Connection
from shared.web.dates import said_day

# Pages of the console; a test holds them to the console's own.
LETTERS, LETTERS_OF, WAITING, TASKS = "/letters", "/letters?job={}", "/waiting", "/tasks"
MATCHES, JOBS, HELD = "/jobs/{}/matches", "/jobs?state=open", "/pool?status=held"


class ToldDigest(NamedTuple):
    """A digest, and what is called how."""

    digest: Digest
    titles: Mapping[str, str]
    names: Mapping[str, str]


async def gather(conn: Connection, settings: OrganizationSettings, reader: DigestReader, today: datetime) -> ToldDigest:
    """What waits for somebody; `today`: until when what was promised is due."""
    organization, user = settings.organization, reader.user
    is_reply_person = user == settings.reply_person
    teams = await load_teams(conn, organization)
    titles = {team.job: team.title for team in teams}
    mine = [team for team in teams if answers_for(team, user, is_reply_person=is_reply_person)]
    jobs, decided = [team.job for team in mine], [team.job for team in mine if decides(team, user)]
    letters = await count_letters(conn, organization, decided)
    matches, held = await _reviews(conn, organization, decided, unnamed=is_reply_person)
    waits = await count_waits(conn, organization, user, jobs, today)
    tasks = await load_open_tasks(conn, organization, user, jobs, ROWS)
    digest = Digest(
        letters=_counted(letters, titles),
        waiting=await load_longest(conn, organization, user, jobs, ROWS),
        waiting_in_all=waits.in_all,
        due_today=waits.due,
        tasks=tasks.first,
        tasks_in_all=tasks.in_all,
        matches=_counted(matches, titles),
        held=held,
    )
    people = [*(w.candidate for w in digest.waiting), *(t.candidate for t in digest.tasks if t.candidate)]
    names = await load_names(conn, organization, people)
    return ToldDigest(digest, titles, {candidate: written_name(name) for candidate, name in names.items()})


async def _reviews(
    conn: Connection, organization: str, jobs: Sequence[str], *, unnamed: bool
) -> tuple[dict[str, int], int]:
    """Proposed matches by job, and how many are held; `jobs`: those that the reader decides about."""
    found = await count_reviews(conn, organization, jobs, unnamed=unnamed)
    matches = {job: n for (kind, job), n in found.items() if kind == ReviewKind.MATCH}
    return matches, sum(n for (kind, _), n in found.items() if kind == ReviewKind.MEMBERSHIP)


def _counted(counts: Mapping[str, int], titles: Mapping[str, str]) -> list[JobCount]:
    return [JobCount(job, titles.get(job, job), number) for job, number in sorted(counts.items())]


def write_digest(
    settings: OrganizationSettings, reader: DigestReader, told: ToldDigest, console: str, now: datetime
) -> WrittenLetter:
    """What a colleague reads in the morning, in the organisation's language; `console`: its address."""
    language, sender = language_for(settings.language), settings.sender_name or settings.name
    words = write(
        Variant.DIGEST,
        language,
        organization=settings.name,
        name=reader.name,
        sender=sender,
        **_links(told.digest, console.rstrip("/")),
        **_said(told, reader.timezone or settings.timezone, language, now),
    )
    frame = LetterFrame(language, settings.name, settings.colour)
    return WrittenLetter(words, frame, sender, reader.name, reader.email)


def _links(digest: Digest, console: str) -> dict[str, Value]:
    """Where each part of it is done: at the one job it is about, where there is one."""
    return {
        "letters_link": console + _of_one(digest.letters, LETTERS_OF, LETTERS),
        "waiting_link": console + WAITING,
        "tasks_link": console + TASKS,
        "matches_link": console + _of_one(digest.matches, MATCHES, JOBS),
        "held_link": console + HELD,
    }


def _of_one(counted: Sequence[JobCount], one: str, many: str) -> str:
    return one.format(quote(counted[0].job, safe="")) if len(counted) == 1 else many


def _said(told: ToldDigest, zone: str, language: str, now: datetime) -> dict[str, Value]:
    """The values that the words are about."""
    digest = told.digest
    return {
        "letters": [_job(one, told) for one in digest.letters],
        "matches": [_job(one, told) for one in digest.matches],
        "spoken": language,
        "held": digest.held,
        "waiting": [
            {
                "label": _label(told, one.candidate, one.job),
                "missing": one.missing,
                "since": said_day(one.since, zone, language),
                "due": said_day(one.due_at, zone, language) if one.due_at else None,
                "is_overdue": int(one.due_at is not None and one.due_at <= now),
            }
            for one in digest.waiting
        ],
        "more_waiting": digest.waiting_in_all - len(digest.waiting),
        "tasks": [
            {
                "kind": one.kind,
                "about": _label(told, one.candidate, one.job),
                "due": said_day(one.due_at, zone, language),
            }
            for one in digest.tasks
        ],
        "more_tasks": digest.tasks_in_all - len(digest.tasks),
    }


def _job(one: JobCount, told: ToldDigest) -> dict[str, str | int | None]:
    return {"label": _label(told, "", one.job), "count": one.number}


def _label(told: ToldDigest, candidate: str, job: str | None) -> str:
    """Whom and what something is about, as the console names them."""
    parts = [told.names.get(candidate, candidate), told.titles.get(job, job) if job else ""]
    return ", ".join(part.replace(" | ", ", ") for part in parts if part)
