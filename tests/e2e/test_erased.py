"""Nobody who was erased is found in any file: not by name, address, number or what was written about them."""

import itertools
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.databases import LISTENING
from shared.contracts import (
    ApplicationSubmitted,
    CandidateRegistered,
    Event,
    FeedbackSubmitted,
    InterviewCompleted,
    InterviewScheduled,
    ReferralMade,
    membership_id,
)
from tests.e2e.backups import restore
from tests.e2e.traces import (
    Search,
    compact_at_once,
    count_kept_mails,
    keep_plainly,
    search,
    until_nowhere,
    vacuum,
)
from tests.e2e.week import FRIDAY, JOB, MONDAY, Week, facts
from tests.e2e.week import _decided as decided
from tests.e2e.world import Home, World, entered
from tests.heard import Heard, Log

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]

PERSON = "p-771"
NAME, ADDRESS, NUMBER, WORDS = "Quixadawn", "quixmail", "4930555019283", "quixwords"
MARKERS = tuple(marker.encode() for marker in (NAME, ADDRESS, NUMBER, WORDS))


def told(week: Week) -> list[Heard]:
    """Two interviews with feedback that becomes a full letter, a referral, and words in every field that takes any."""
    about = {"application": f"a-{PERSON}", "candidate": PERSON}
    at, friday = week.at(MONDAY, 8), week.at(FRIDAY, 12)
    said: list[tuple[Event, Any]] = [
        (
            CandidateRegistered(
                candidate=PERSON,
                name=f"{NAME} Marker",
                email=f"{ADDRESS}@{week.organization}.example",
                phone=f"+{NUMBER}",
                availability=f"From May, {WORDS}",
                timezone="Etc/UTC",
            ),
            at,
        ),
        (ApplicationSubmitted(**about, job=JOB, submitted_at=at), at),
        (ReferralMade(referral=f"r-{PERSON}", candidate=PERSON, user="ada", note=f"We met, {WORDS}."), at),
        (decided(PERSON, "not_selected", week.at(FRIDAY, 16)), week.at(FRIDAY, 16)),
    ]
    for hour, user in enumerate(("ada", "ben"), 9):
        panel = [{"user": user}, {"user": "ines", "feedback_required": False}]
        interview = {**about, "interview": f"i-{PERSON}-{user}", "job": JOB}
        slot = {"starts_at": week.at(FRIDAY, hour), "ends_at": week.at(FRIDAY, hour + 1)}
        said += [
            (InterviewScheduled.model_validate({**interview, **slot, "interviewers": panel}), at),
            (InterviewCompleted.model_validate({**interview, "completed_at": slot["ends_at"]}), slot["ends_at"]),
            (_feedback(user, friday), friday),
        ]
    return [Heard(event, when, week.organization, id=f"{PERSON}-{n}") for n, (event, when) in enumerate(said)]


def _feedback(user: str, at: Any) -> FeedbackSubmitted:
    observed = {"competency": "sql", "observed": f"You joined three tables by {user}, {WORDS}."}
    better = {"competency": "python", "observed": f"You wrote a loop, {WORDS}.", "suggestion": f"Try a set, {WORDS}."}
    shareable = {"language": "en", "strengths": [observed], "development": [better]}
    return FeedbackSubmitted.model_validate(
        {
            "feedback": f"f-{PERSON}-{user}",
            "application": f"a-{PERSON}",
            "candidate": PERSON,
            "interviewer": user,
            "interview": f"i-{PERSON}-{user}",
            "submitted_at": at,
            "overall": "yes",
            "ratings": [{"competency": "sql", "level": 0.75}],
            "shareable": shareable,
        }
    )


async def say_broken(world: World, week: Week) -> None:
    """A feedback that every service parks, with its words in it."""
    heard = Heard(_feedback("cy", week.at(FRIDAY, 13)), week.at(FRIDAY, 13), week.organization, id=f"{PERSON}-broken")
    record = Log().append(heard)
    value = (record.value or b"").replace(b'"level":0.75', b'"level":7')
    assert value != record.value
    await world.stage.producer.send(record.topic, value, record.key, headers=list(record.headers))
    await world.stage.producer.flush()


async def write_by_hand(world: World, week: Week) -> None:
    """What a recruiter writes here: a private note, a draft, a reason."""
    note = {"noted_at": week.friday_night.isoformat(), "text": f"Asked twice, {WORDS}."}
    await world.ask(week, "interviews", "PUT", f"/interviews/i-{PERSON}-ada/note", json=note)
    draft = {"application": f"a-{PERSON}", "candidate": PERSON, "drafted_at": week.friday_night.isoformat()}
    strength = {"competency": "sql", "observed": f"You asked, {WORDS}."}
    draft["shareable"] = {"language": "en", "strengths": [strength]}
    await world.ask(week, "interviews", "PUT", f"/feedback/d-{PERSON}/draft", json=draft)
    review = {"action": "confirm", "reason": f"Read again, {WORDS}."}
    membership = membership_id(PERSON, "data")
    await world.ask(week, "candidates", "PUT", f"/memberships/{membership}/review", json=review)


async def ask_to_be_forgotten(world: World, week: Week) -> None:
    """The person asks; a day later every service has said that it is done."""
    asked = {"requested_at": week.next_monday.isoformat(), "by": "candidate"}
    await world.ask(week, "candidates", "PUT", f"/candidates/{PERSON}/erasure", json=asked)
    await world.stage.settle()
    assert (await progress(world, week))["state"] == "restricted"
    await world.stage.move(week.next_monday + timedelta(days=1))
    await world.stage.settle()


async def progress(world: World, week: Week) -> dict[str, Any]:
    answer: dict[str, Any] = await world.ask(week, "candidates", "GET", f"/candidates/{PERSON}/erasure")
    return answer


async def is_gone(world: World, week: Week) -> bool:
    """A receipt of each service, and of them no service keeps anything but that."""
    erasure = await progress(world, week)
    facts = [f["topic"] for of in (await world.facts(week)).values() for f in of if PERSON in f["fact"] + f["body"]]
    state = await world.state(week)
    rows = [name for name, rows in state.items() if any(PERSON in row or ADDRESS in row for row in rows)]
    return (
        (erasure["state"], len(erasure["receipts"])) == ("erased", 4)
        and set(facts) == {"candidate-erased", "erasure-completed"}
        and set(rows) <= {"mails", *(f"{service}.people" for service in LISTENING)} | SAID
    )


async def figures(world: World, week: Week) -> Any:
    """What interviews came to, and how many; whose they are is less."""
    waste = await world.ask(week, "candidates", "GET", "/waste?projected=true")
    return {name: figure for name, figure in waste.items() if name != "people"}


async def tallied(world: World, week: Week) -> list[dict[str, Any]]:
    """What candidates and insights hold of the interviews of whoever was erased."""
    facts = await world.facts(week)
    candidates, insights = (
        [json.loads(f["body"]) for f in facts[service] if f["topic"] == "interview-tallied"]
        for service in ("candidates", "insights")
    )
    assert candidates == insights
    return candidates


SAID = {f"{service}.{how}" for service in LISTENING for how in ("heard", "said")}


def mails_to_the_person(world: World, week: Week) -> list[str]:
    return [mail.partition(": ")[2] for mail in world.mails(week) if mail.startswith(ADDRESS)]


async def test_no_file_holds_a_byte_of_somebody_who_was_erased_also_after_a_restore(
    own_home: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    home, week = Home(own_home, itertools.count()), Week(0, "halden-000")
    reader = f"{ADDRESS}@{week.organization}.example"

    def report(when: str, seen: Search) -> None:
        record_property(when, str(seen))
        sys.stdout.write(f"{when}: {seen}\n")

    with home.started():
        await keep_plainly(home.postgres())
        async with entered(home) as world:
            await world.stage.move(week.friday_night)
            await world.say([*facts(week), *told(week)])
            await say_broken(world, week)
            await world.stage.settle()
            await write_by_hand(world, week)
            await world.finish(week)
            await vacuum(home.postgres())
            before = search(own_home, MARKERS, reader)
            report("before", before)
            assert before.places == {"postgres", "kafka"}
            assert await count_kept_mails(home.postgres(), MARKERS) >= 1
            home.talentloop("backup", str(tmp_path))

            wasted = await figures(world, week)
            await ask_to_be_forgotten(world, week)

            assert await is_gone(world, week)
            assert await figures(world, week) == wasted
            assert [t["returned"] for t in await tallied(world, week)] == ["letter", "letter"]
            mails = mails_to_the_person(world, week)
            assert (mails.count("Halden: your data"), len(mails)) == (1, 2)
            await vacuum(home.postgres())
            await compact_at_once(world.stage.place.addresses["KAFKA_BOOTSTRAP_SERVERS"])
            await world.stage.move(week.next_monday + timedelta(days=2))  # the daily nudge
            after = await until_nowhere(own_home, MARKERS, reader)
            report("after", after)
            assert after.found == []

        with home.stopped():
            restore(home, tmp_path)
        async with entered(home) as world:
            await world.stage.move(week.next_monday + timedelta(days=2))
            await world.stage.settle()

            assert await is_gone(world, week)
            assert await figures(world, week) == wasted
            assert len(await tallied(world, week)) == 2
            assert mails_to_the_person(world, week) == mails
            assert await count_kept_mails(home.postgres(), MARKERS) == 0
            await vacuum(home.postgres())
            restored = await until_nowhere(own_home, MARKERS, reader)
            report("restored", restored)
            assert restored.found == []
