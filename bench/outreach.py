"""Letters: those of a closed job are drafted, 100,000 due ones asked of the contact policy, and the post sends.

Run as `python -m bench.outreach letters|policy|post DATABASE_URL COUNT [SMTP_URL CERTIFICATE]`: each in a process of
its own, which watches its memory and prints its figures as JSON.
"""

import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import uvloop

from bench.facts import record
from local.databases import Addresses
from services.notifications import sql
from services.notifications.main import SERVICE
from services.notifications.post import Post
from services.notifications.post.claiming import Claim
from services.notifications.settings import Settings
from services.notifications.sql.post import Claimed
from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    CandidateRegistered,
    Event,
    FeedbackSubmitted,
    JobClosed,
    JobOpened,
    OrganizationConfigured,
    Outcome,
    OutreachMode,
    Overall,
    Shareable,
)
from shared.contracts.interviews.feedback import Development, Strength
from shared.kit import logs
from shared.kit.db import EVERYONE
from shared.kit.people import lock_people
from shared.kit.runtime import Runtime
from shared.kit.start import assemble

FRIDAY = datetime(2026, 11, 13, 15, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
AT_ONCE = 500
READERS = 1_000  # whose ledgers the policy is asked about again and again


async def measured(database: Addresses, what: str, count: int, *more: str) -> dict[str, float]:
    """The figures of one process."""
    command = [sys.executable, "-m", "bench.outreach", what, database.url, str(count), *more]
    process = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    if process.returncode:
        raise SystemExit(process.stderr)
    figures: dict[str, float] = json.loads(process.stdout.splitlines()[-1])
    return figures


def _about(number: int) -> Iterator[Event]:
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
                strengths=(Strength(competency=f"s{n}", observed="Explained each step of the query as it was built."),),
                development=(
                    Development(
                        competency=f"d{n}",
                        observed="Left the missing values out of the sum.",
                        suggestion="Say early what happens to values that are missing.",
                    ),
                ),
            ),
        )


def _decided(number: int) -> Event:
    return ApplicationDecided(
        application=f"a{number}", candidate=f"c{number}", job="job-1", decided_at=FRIDAY, outcome=Outcome.NOT_SELECTED
    )


def _job() -> list[Event]:
    configured = OrganizationConfigured(name="Bench", timezone="Europe/Berlin", outreach_mode=OutreachMode.LIVE)
    opened = JobOpened(job="job-1", title="Analyst", opened_at=FRIDAY - timedelta(days=40), language="en")
    return [configured, opened]


async def _take(runtime: Runtime, events: Iterable[Event]) -> None:
    """As the consumer takes them: batch by batch."""
    rest = iter(events)
    while some := [record(event) for event in itertools.islice(rest, AT_ONCE)]:
        await runtime.inbox.take(some)
        await runtime.drain.exhaust()


async def _move(runtime: Runtime, instant: datetime) -> None:
    async with runtime.database.transaction(EVERYONE) as conn:
        await runtime.time.move(conn, instant)


async def _start(settings: Settings) -> Runtime:
    _, runtime = await assemble(SERVICE, settings)
    async with runtime.database.transaction(EVERYONE) as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('bench')")
    await _move(runtime, FRIDAY + timedelta(minutes=5))
    await _take(runtime, _job())
    return runtime


async def draft_letters(settings: Settings, candidates: int) -> dict[str, float]:
    """From the decisions and the closing of a job to a letter for everyone; memory from the first fifth to the end."""
    runtime = await _start(settings)
    await _take(runtime, (event for n in range(candidates) for event in _about(n)))
    memory = psutil.Process().memory_info
    started, early, peak = time.perf_counter(), 0, 0
    for first in range(0, candidates, AT_ONCE):
        await _take(runtime, (_decided(n) for n in range(first, min(first + AT_ONCE, candidates))))
        early = memory().rss if first <= candidates // 5 else early
        peak = max(peak, memory().rss)
    await _take(runtime, [JobClosed(job="job-1", closed_at=FRIDAY)])
    seconds = time.perf_counter() - started
    peak = max(peak, memory().rss)
    letters = await _count(runtime, "SELECT count(*) FROM letters WHERE kind = 'decision'")
    return {"seconds": seconds, "letters": letters, "peak": peak / 1e6, "growth": (peak - early) / 1e6}


async def ask_policy(settings: Settings, letters: int) -> dict[str, float]:
    """Rule 4 over real ledgers, as a claim asks it: a hundred letters at once."""
    runtime = await _start(settings)
    await _take(runtime, (e for n in range(READERS) for e in (*_about(n), _decided(n))))
    await _move(runtime, MONDAY)
    assert isinstance(runtime.post, Post)
    await _fill_ledgers(runtime)
    office, seconds, allowed = runtime.post.claims.office, 0.0, 0
    for first in range(0, letters, 100):
        async with runtime.database.transaction(EVERYONE) as conn:
            people = await lock_people(conn, [("bench", f"c{n % READERS}") for n in range(first, first + 100)])
            records = {(r.organization.organization, r.candidate): r for r in await sql.load_records(conn, people)}
            claim = Claim(conn, office, records, MONDAY)
            due = [_due(n) for n in range(first, first + 100)]
            started = time.perf_counter()
            allowed += len(await claim.ask_policy(due))
            seconds += time.perf_counter() - started
    return {"seconds": seconds, "letters": letters, "allowed": allowed}


async def _fill_ledgers(runtime: Runtime) -> None:
    async with runtime.database.transaction(EVERYONE) as conn:
        await conn.execute(
            """
            INSERT INTO ledger (organization, mailbox, letter, stream, sent_at)
            SELECT 'bench', md5(b::text), gen_random_uuid()::text, 'nurture', now() - interval '30 days' * n
            FROM generate_series(1, 50000) AS b, generate_series(1, 4) AS n
            """
        )


def _due(number: int) -> Claimed:
    """A decision letter, as it is claimed."""
    who = f"c{number % READERS}"
    nothing: dict[str, Any] = dict.fromkeys(Claimed._fields)
    return Claimed(
        **nothing
        | {
            "organization": "bench",
            "letter": f"l{number}",
            "kind": "decision",
            "about": f"a{number % READERS}",
            "stream": "duty",
            "recipient": who,
            "candidate": who,
            "job": "job-1",
            "attempts": 0,
        }
    )


async def send_all(settings: Settings, letters: int) -> dict[str, float]:
    """From due to said as sent: claimed, asked, rendered, handed in, settled."""
    runtime = await _start(settings)
    await _take(runtime, (e for n in range(letters) for e in (*list(_about(n))[:2], _decided(n))))
    await _move(runtime, MONDAY)
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


def _settings(database_url: str, smtp_url: str = "smtp://127.0.0.1:1", cafile: str | None = None) -> Settings:
    return Settings(
        talentloop_env="test",
        database_url=database_url,
        kafka_bootstrap_servers="127.0.0.1:1",
        public_url="http://localhost",
        candidates_url="http://localhost",
        interviews_url="http://localhost",
        oidc_issuer="http://localhost",
        oidc_jwks_url="http://localhost/jwks.json",
        link_key="bench" * 8,
        hash_key="bench" * 8,
        log_level="WARNING",
        smtp_url=smtp_url,
        smtp_cafile=cafile,
        mail_domain="mail.bench.example",
        mails_per_minute=0,
        mails_per_minute_and_domain=0,
    )


MEASURE = {"letters": draft_letters, "policy": ask_policy, "post": send_all}


async def main(what: str, database_url: str, count: str, *more: str) -> None:
    """Measure one of them."""
    logs.configure("notifications", "ERROR")
    figures = await MEASURE[what](_settings(database_url, *more), int(count))
    print(json.dumps(figures))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
