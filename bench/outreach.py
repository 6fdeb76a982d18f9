"""Letters: those of a closed job are drafted, 100,000 due ones asked of the contact policy, and the post sends.

Run as `python -m bench.outreach letters|policy|post DATABASE_URL COUNT [SMTP_URL CERTIFICATE]`: each in a process of
its own, which watches its memory and prints its figures as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from bench.inside import AT_ONCE, move, start, take
from bench.processes import measured_by
from local.databases import Addresses
from services.notifications.domain import policy
from services.notifications.domain.policy import LetterKind
from services.notifications.main import SERVICE
from services.notifications.post.claiming import Claim
from services.notifications.post.running import Post
from services.notifications.post.writing import Office
from services.notifications.sql.records import load_records
from services.notifications.sql.sending import ClaimedLetter
from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    CandidateRegistered,
    ConsentChanged,
    Event,
    FeedbackSubmitted,
    JobClosed,
    JobOpened,
    OrganizationConfigured,
    Outcome,
    OutreachMode,
    Overall,
    Purpose,
    Shareable,
)
from shared.contracts.interviews.feedback import Development, Strength
from shared.kit.db import EVERYONE
from shared.kit.people import lock_people
from shared.running import logs
from shared.running.runtime import Runtime
from shared.running.start import tune

FRIDAY = datetime(2026, 11, 13, 15, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
OBSERVED = "Explained each step of the query as it was built."
TIMES = 100  # that the policy is asked about each reader's ledger
KINDS = (LetterKind.DECISION, LetterKind.JOB_INVITATION, LetterKind.KEEP_IN_TOUCH, LetterKind.SURVEY)


async def measured(database: Addresses, what: str, count: int, *more: str) -> dict[str, float]:
    """The figures of one process."""
    figures: dict[str, float] = await measured_by("bench.outreach", what, database.url, str(count), *more)
    return figures


def about(number: int) -> Iterator[Event]:
    """Everything known about one candidate before the decision: two verdicts that may be shared."""
    who, application = f"c{number}", f"a{number}"
    yield CandidateRegistered(candidate=who, name=f"Candidate {number}", language="en", email=f"c{number}@mail.example")
    yield ApplicationSubmitted(
        application=application, candidate=who, job="job-1", submitted_at=FRIDAY - timedelta(days=20)
    )
    for n in (1, 2):
        yield FeedbackSubmitted(
            feedback=f"f{number}-{n}",
            application=application,
            candidate=who,
            interviewer=f"u{n}",
            submitted_at=FRIDAY - timedelta(days=3),
            overall=Overall.YES,
            shareable=Shareable(
                language="en",
                strengths=(Strength(competency=f"s{n}", observed=OBSERVED),),
                development=(
                    Development(
                        competency=f"d{n}",
                        observed="Left the missing values out of the sum.",
                        suggestion="Say early what happens to values that are missing.",
                    ),
                ),
            ),
        )


def decided(number: int, at: datetime = FRIDAY) -> Event:
    """Not selected."""
    return ApplicationDecided(
        application=f"a{number}", candidate=f"c{number}", job="job-1", decided_at=at, outcome=Outcome.NOT_SELECTED
    )


def office(*, automatic_release: bool = False) -> list[Event]:
    """An organisation whose letters leave, and a job."""
    configured = OrganizationConfigured(
        name="Bench", timezone="Europe/Berlin", outreach_mode=OutreachMode.LIVE, settling_minutes=0,
        automatic_release=automatic_release,
    )  # fmt: skip
    opened = JobOpened(job="job-1", title="Analyst", opened_at=FRIDAY - timedelta(days=40), language="en")
    return [configured, opened]


async def _start(database_url: str, **server: str) -> Runtime:
    """The service, its garbage collected as rarely as when it serves."""
    _, runtime = await start(SERVICE, FRIDAY + timedelta(minutes=5), database_url, **server)
    await take(runtime, office())
    tune()
    return runtime


async def draft_letters(database_url: str, candidates: int) -> dict[str, float]:
    """From the decisions and the closing of a job to a letter for everyone; memory from the first fifth to the end."""
    runtime = await _start(database_url)
    await take(runtime, (event for n in range(candidates) for event in about(n)))
    memory = psutil.Process().memory_info
    started, early, peak = time.perf_counter(), 0, 0
    for first in range(0, candidates, AT_ONCE):
        await take(runtime, (decided(n) for n in range(first, min(first + AT_ONCE, candidates))))
        early = memory().rss if first <= candidates // 5 else early
        peak = max(peak, memory().rss)
    await take(runtime, [JobClosed(job="job-1", closed_at=FRIDAY)])
    seconds = time.perf_counter() - started
    peak = max(peak, memory().rss)
    letters = await _count(runtime, "SELECT count(*) FROM letters WHERE kind = 'decision'")
    return {"seconds": seconds, "letters": letters, "peak": peak / 1e6, "growth": (peak - early) / 1e6}


async def ask_policy(database_url: str, letters: int) -> dict[str, float]:
    """Rule 4 over real ledgers, as a claim asks it, a hundred letters at once: each reader is due each kind in turn.

    `seconds`: the policy alone; `whole`: with the people locked and all their facts loaded before.
    """
    runtime, readers = await _start(database_url), letters // TIMES
    await take(runtime, (e for n in range(readers) for e in (*about(n), *_agreed(n), decided(n))))
    await move(runtime, MONDAY)
    assert isinstance(runtime.post, Post)
    office, seconds, allowed = runtime.post.sending.claims.office, 0.0, 0
    await _fill_ledgers(runtime, office, readers)
    started = time.perf_counter()
    for first in range(0, letters, 100):
        async with runtime.database.transaction(EVERYONE) as conn:
            people = await lock_people(conn, [("bench", f"c{n % readers}") for n in range(first, first + 100)])
            records = {(r.organization.organization, r.candidate): r for r in await load_records(conn, people)}
            claim = Claim(conn, office, records, MONDAY)
            due = [_due(n, readers) for n in range(first, first + 100)]
            asked = time.perf_counter()
            allowed += len(await claim.ask_policy(due))
            seconds += time.perf_counter() - asked
    assert 0 < allowed < letters, "caps must let some leave, and hold some back"
    return {"seconds": seconds, "whole": time.perf_counter() - started, "letters": letters, "allowed": allowed}


def _agreed(number: int) -> Iterator[Event]:
    for purpose in (Purpose.TALENT_POOL, Purpose.KEEP_IN_TOUCH, Purpose.SURVEY):
        yield ConsentChanged(
            candidate=f"c{number}",
            purpose=purpose,
            granted=True,
            given_at=FRIDAY - timedelta(days=1),
            text_version="bench",
            language="en",
            how="link",
        )


async def _fill_ledgers(runtime: Runtime, office: Office, readers: int) -> None:
    """Each reader's mailbox has four contacts, the newest 1 to 40 days ago; fifty times as many others, too."""
    async with runtime.database.transaction(EVERYONE) as conn:
        people = await lock_people(conn, [("bench", f"c{n}") for n in range(readers)])
        records = await load_records(conn, people)
        assert len(records) == readers
        await conn.execute(
            """
            INSERT INTO ledger (organization, mailbox, letter, stream, sent_at)
            SELECT 'bench', mailbox, gen_random_uuid()::text, CASE n % 2 WHEN 0 THEN 'nurture' ELSE 'invitation' END,
                   $2::timestamptz - interval '1 day' * (1 + number % 40 + 45 * n)
            FROM unnest($1::text[] || ARRAY(SELECT md5(b::text) FROM generate_series(1, 50 * $3::int) AS b))
                 WITH ORDINALITY AS of(mailbox, number), generate_series(0, 3) AS n
            """,
            [office.mailbox(record) for record in records],
            MONDAY,
            readers,
        )


def _due(number: int, readers: int) -> ClaimedLetter:
    """One of a reader's due letters, as it is claimed."""
    reader, kind = f"c{number % readers}", KINDS[number // readers % len(KINDS)]
    nothing: dict[str, Any] = dict.fromkeys(ClaimedLetter._fields)
    return ClaimedLetter(
        **nothing
        | {
            "organization": "bench",
            "letter": f"l{number}",
            "kind": kind,
            "about": f"a{number % readers}" if kind is LetterKind.DECISION else "-",
            "stream": policy.stream_of(kind),
            "recipient": reader,
            "candidate": reader,
            "job": "job-1",
            "attempts": 0,
        }
    )


async def send_all(database_url: str, letters: int, smtp_url: str, cafile: str) -> dict[str, float]:
    """From due to said as sent: claimed, asked, rendered, handed in, settled."""
    runtime = await _start(database_url, smtp_url=smtp_url, smtp_cafile=cafile)
    await take(runtime, (e for n in range(letters) for e in (*list(about(n))[:2], decided(n))))
    await move(runtime, MONDAY)
    while await runtime.clock.run_due():
        continue
    post = runtime.post
    assert isinstance(post, Post)
    started, sending = time.perf_counter(), asyncio.create_task(post.run())
    while await _count(runtime, "SELECT count(*) FROM letters WHERE state = 'sent'") < letters:
        await asyncio.sleep(0.05)
    seconds = time.perf_counter() - started
    sending.cancel()
    return {"seconds": seconds, "rate": letters / seconds, "letters": letters}


async def _count(runtime: Runtime, statement: str) -> int:
    async with runtime.database.transaction(EVERYONE) as conn:
        return int(await conn.fetchval(statement))


MEASURE: dict[str, Callable[..., Awaitable[dict[str, float]]]] = {
    "letters": draft_letters,
    "policy": ask_policy,
    "post": send_all,
}


async def main(what: str, database_url: str, count: str, *more: str) -> None:
    """Measure one of them."""
    logs.configure("notifications", "ERROR")
    figures = await MEASURE[what](database_url, int(count), *more)
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
