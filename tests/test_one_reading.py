"""What stands of all that was said: four services read the same facts, and each place in them reads them alike."""

import itertools
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.candidates.domain.page import ApplicationStage, shown_applications
from services.candidates.domain.records import is_hired
from services.candidates.main import SERVICE as CANDIDATES
from services.candidates.sql import candidacies, jobs, keeping, mentoring, page, people, records
from services.insights.domain.people import Workplace, derive_rows
from services.insights.main import SERVICE as INSIGHTS
from services.insights.sql.openings import load_openings as load_asked
from services.insights.sql.people import load_heard
from services.interviews.domain.applications import application_state
from services.interviews.domain.interviews import interview_state
from services.interviews.domain.jobs import JobState, job_state
from services.interviews.main import SERVICE as INTERVIEWS
from services.interviews.sql import applications as heard_applications
from services.interviews.sql import interviews as heard_interviews
from services.interviews.sql import jobs as heard_jobs
from services.interviews.sql import lists
from services.notifications.main import SERVICE as NOTIFICATIONS
from services.notifications.sql.organizations import load_openings
from services.notifications.sql.records import load_records
from shared.business_days import Calendar
from shared.kit.db import Connection
from shared.kit.inbox import Mode
from shared.kit.people import Jobs, People, find_people
from tests.heard import Heard, Log
from tests.readings import INSTANTS, NOW, OWN, PEOPLE, SILENCE, by_the_rules, facts
from tests.rehearsals import rehearse
from tests.stage import empty_stage

pytestmark = pytest.mark.db


class Answers:
    """What was answered: by question and place, and by person."""

    NOTHING: Mapping[str, Any] = {"decision": None, "interview": None, "interview became": None, "consent": None}

    def __init__(self, everyone: People) -> None:
        self.everyone = everyone
        self.names = [name for _, name in everyone.pairs]
        self.jobs = Jobs((organization, f"{name}-job") for organization, name in everyone.pairs)
        self.found: dict[tuple[str, str], dict[str, Any]] = {}

    def ask(self, question: str, place: str, answers: Iterable[tuple[str, Any]]) -> None:
        """Keep what a place answers; of whom it does not speak nothing was said. Jobs begin with a person's name."""
        nothing = dict.fromkeys(self.names, self.NOTHING.get(question, False))
        self.ask_some(question, place, [*nothing.items(), *answers])

    def ask_some(self, question: str, place: str, answers: Iterable[tuple[str, Any]]) -> None:
        """The same of those alone whom a place speaks of."""
        self.found[question, place] = {name.split("-")[0]: answer for name, answer in answers}

    def differing(self, expected: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Where somebody is told something else than the rules say."""
        return [
            f"{place}: {question} of {name} is {answer!r}, by the rules {expected[name][question]!r}"
            for (question, place), answers in self.found.items()
            for name, answer in answers.items()
            if answer != expected[name][question]
        ]


async def ask_interviews(conn: Connection, a: Answers) -> None:
    """Its applications, interviews, jobs and lists."""
    known = [application_state(h) for h in await heard_applications.load_heard_applications(conn, a.everyone)]
    a.ask("decision", "interviews", [(k.candidate, k.outcome) for k in known if k.application.endswith("-job")])
    heard = await heard_interviews.load_heard_interviews(conn, a.everyone)
    became = [interview_state(h, NOW) for h in heard]
    a.ask("interview", "interviews", [(b.candidate, (str(b.state), b.basis)) for b in became])
    a.ask("took place", "interviews", [(b.candidate, b.ended_at is not None) for b in became])
    a.ask("feedback stands", "interviews", [(h.person, bool(h.judged_by)) for h in heard])
    job = [job_state(j) for j in await heard_jobs.load_heard_jobs(conn, a.jobs)]
    a.ask("job is open", "interviews", [(j.job, j.state is JobState.OPEN) for j in job])
    everything = lists.CallerScope(everything=True, jobs=[], user=None)
    listed = await lists.list_feedback(conn, "acme", lists.ListSearch(limit=1000), everything)
    a.ask("feedback stands", "a list of feedback", [(f.candidate, f.state == "submitted") for f in listed])
    said = [(name, await lists.has_said(conn, "acme", name, f"{name}-{name}-job", "ada")) for name in a.names]
    a.ask("feedback stands", "who reads the others'", said)


async def ask_candidates(conn: Connection, a: Answers) -> None:
    """Its pool, matching, waste, mentors and retention."""
    known = await records.load_records(conn, a.everyone, judged=a.everyone.pairs)
    of_job = [(r.candidate, x) for r in known for x in r.applications if x.application.endswith("-job")]
    a.ask("decision", "the pool", [(name, x.outcome) for name, x in of_job])
    a.ask("is hired", "the pool", [(r.candidate, is_hired(r)) for r in known])
    a.ask("has open application", "the pool", [(r.candidate, r.has_open_application) for r in known])
    a.ask("consent", "the pool", [(r.candidate, r.consent and _answer(r.consent)) for r in known])
    a.ask("verdict counts", "the pool", [(name, bool(x.evidence)) for name, x in of_job])
    heard = [interview for r in known for interview in r.interviews]
    a.ask("took place", "matching", [(h.candidate, h.said.took_place) for h in heard])
    a.ask("feedback stands", "waste", [(h.candidate, h.said.judged_at is not None) for h in heard])
    rated = await candidacies.load_ratings(conn, a.everyone)
    a.ask("feedback stands", "matching", [(r.candidate, True) for r in rated])
    kept = await keeping.load_kept(conn, a.everyone)
    a.ask("is decided", "retention", [(k.candidate, k.decided_at is not None) for k in kept])
    a.ask("has open application", "retention", [(k.candidate, k.has_open_application) for k in kept])
    relations = await mentoring.load_relations(conn, a.everyone)
    a.ask("consent", "mentors", [(r.candidate, r.consent and _answer(r.consent)) for r in relations])
    a.ask("was hired", "mentors", [(r.candidate, r.hired_at is not None) for r in relations])
    summaries = await jobs.load_known_jobs(conn, a.jobs)
    a.ask("job is open", "the pool", [(j.job, j.is_open) for j in summaries])
    await _ask_pages(conn, a)


def _answer(consent: Any) -> tuple[bool, datetime, datetime | None]:
    """A no has no end."""
    return consent.granted, consent.given_at, consent.expires_at if consent.granted else None


async def _ask_pages(conn: Connection, a: Answers) -> None:
    """What everyone is shown of themselves."""
    of = [(person.candidate, People(await find_people(conn, [(person.organization, person.candidate)]), {}))
          for person in a.everyone]  # fmt: skip
    consents = [(name, {c["purpose"]: c["granted"] for c in await people.load_consents(conn, p)}) for name, p in of]
    a.ask("keeps in touch", "the page", [(name, known.get("keep_in_touch", False)) for name, known in consents])
    told = [(name, await page.load_told(conn, p)) for name, p in of]
    named = [(name, t, f"{name}-job") for name, t in told]
    a.ask_some("job is open", "the page", [(name, t.is_open(job)) for name, t, job in named if job in t.jobs])
    days = Calendar(None, None, "Etc/UTC")
    shown = [(name, s) for name, t in told for s in shown_applications(t, days, 10, NOW)
             if s.application.endswith("-job")]  # fmt: skip
    a.ask("decision", "the page", [(name, STAGES.get(s.stage)) for name, s in shown])
    a.ask("lies ahead", "the page", [(name, bool(s.ahead)) for name, s in shown])


STAGES = {
    ApplicationStage.HIRED: "hired",
    ApplicationStage.ENDED: "not_selected",
    ApplicationStage.WITHDRAWN: "withdrawn",
}


async def ask_notifications(conn: Connection, a: Answers) -> None:
    """What letters go by."""
    known = await load_records(conn, a.everyone)
    of_job = [(r.candidate, x) for r in known for x in r.applications if x.application.endswith("-job")]
    a.ask("decision", "letters", [(name, x.standing and x.standing.outcome) for name, x in of_job])
    a.ask("is hired", "letters", [(r.candidate, r.standing(None).is_hired) for r in known])
    a.ask("has open application", "letters", [(r.candidate, r.standing(None).has_open_application) for r in known])
    a.ask("took place", "promises", [(name, bool(x.completed)) for name, x in of_job])
    a.ask("is not called off", "reminders", [(r.candidate, bool(r.slots)) for r in known])
    a.ask("feedback is shared", "letters", [(name, bool(x.items)) for name, x in of_job])
    agreed = [(r.candidate, r.consents.get("talent_pool")) for r in known]
    a.ask("agreed", "letters", [(name, (c.given_at, c.expires_at) if c else False) for name, c in agreed])
    opened_jobs = (await load_openings(conn, a.jobs.pairs)).get("acme", {})
    a.ask("job is closed", "letters", [(job, o.is_closed) for job, o in opened_jobs.items()])


async def ask_insights(conn: Connection, a: Answers) -> None:
    """The rows that rounds are summed up from."""
    openings = await load_asked(conn, a.jobs.pairs)
    a.ask("job is open", "rounds", [(o.job, not o.is_closed) for o in openings.values()])
    jobs = {o.job: o for o in openings.values()}
    known = [derive_rows(heard, jobs, Workplace()) for heard in await load_heard(conn, a.everyone)]
    of_job = [c for rows in known for c in rows.candidacies if c.application.endswith("-job")]
    a.ask("decision", "rounds", [(c.candidate, c.outcome) for c in of_job])
    a.ask("is decided", "rounds", [(c.candidate, c.decided_at is not None) for c in of_job])
    waiting = [c.candidate for rows in known for c in rows.candidacies if c.decided_at is None]
    a.ask("has open application", "rounds", [(name, True) for name in waiting])
    sittings = [s for rows in known for s in rows.sittings]
    a.ask("interview became", "rounds", [(s.candidate, str(s.state)) for s in sittings])
    a.ask("took place", "rounds", [(s.candidate, s.ended_at is not None) for s in sittings])
    given = [s for rows in known for s in rows.scorecards if s.given_at]
    a.ask("verdict is of an interview", "scorecards", [(s.candidate, True) for s in given])
    a.ask("verdict is of an interview", "levels", [(x.candidate, True) for rows in known for x in rows.assessments])


EARLIER, LATER = INSTANTS[0], (INSTANTS[1], OWN)
TAKEN_BACK = [
    SILENCE._replace(feedback=EARLIER, withdrawn=LATER),  # nothing else is known of the interview
    SILENCE._replace(completed=EARLIER, feedback=EARLIER, withdrawn=LATER),
    SILENCE._replace(submitted=EARLIER, decided=(EARLIER, "hired"), reversed=LATER),
    SILENCE._replace(opened=INSTANTS[1], closed=EARLIER),
]


@pytest.fixture
async def services(fresh_database):
    """Every service, with what asks it."""
    async with AsyncExitStack() as stack:
        yield [
            (await stack.enter_async_context(empty_stage(await fresh_database(service.name), service, NOW)), ask)
            for service, ask in ((INTERVIEWS, ask_interviews), (CANDIDATES, ask_candidates),
                                 (NOTIFICATIONS, ask_notifications), (INSIGHTS, ask_insights))
        ]  # fmt: skip


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=st.lists(PEOPLE, min_size=1, max_size=20))
@example(said=TAKEN_BACK)
async def test_every_place_reads_what_was_said_alike(services, said):
    log = Log()
    heard = [
        log.append(Heard(event, version, id=f"{n}-{m}"))
        for n, one in enumerate(said)
        for m, (event, version) in enumerate(zip(facts(f"p{n}", one), itertools.cycle(one.versions)))
    ]

    async def look(ask, conn: Connection) -> list[str]:
        pairs = [("acme", f"p{n}") for n in range(len(said))]
        answers = Answers(People(await find_people(conn, pairs), {}))
        await ask(conn, answers)
        return answers.differing({f"p{n}": by_the_rules(one) for n, one in enumerate(said)})

    found = [await rehearse(stage, [heard], partial(look, ask), mode=Mode.REMEMBER) for stage, ask in services]

    assert found == [[], [], [], []]
