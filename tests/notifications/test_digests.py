"""The digest: on business mornings a colleague reads what waits for them, once, and only when something does."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.notifications.domain.digests import JobTeam, answers_for, is_time, next_morning
from services.notifications.letters.digests import HELD, JOBS, LETTERS, LETTERS_OF, MATCHES, TASKS, WAITING
from services.notifications.post.running import Post
from shared.business_days import Calendar
from shared.contracts import ErasureRequested, TeamMember, UserRegistered
from tests.heard import Heard
from tests.notifications.conftest import Halden, settings_of
from tests.notifications.facts import (
    applied,
    at,
    ben,
    completed,
    decided,
    halden,
    heard,
    ines,
    invited,
    job,
    matched,
    profile,
)

BERLIN = Calendar("DE", "BE", "Europe/Berlin")
CONSOLE = "https://console.halden.example"


def user(**more) -> Heard:
    said = {"user": "ines", "name": "Ines Calder", "email": "ines@halden.example"} | more
    return Heard(UserRegistered(**said), at("2026-11-13 16:01"), id=f"ines-{more}"[:64])


@pytest.fixture
async def desk(addresses, database, letterbox):
    """The service with its post, where the console's address is known."""
    stage = Halden(database, settings_of(addresses.url, letterbox.mail.url, console_url=CONSOLE))
    yield stage
    await stage.post.close()


async def a_letter_waits(stage, *more: Heard, mode: str = "approve") -> None:
    """Decided on a Friday afternoon, to be released by Ines."""
    await stage.move_to("2026-11-13 16:05")
    await stage.deliver(
        halden(mode, reply_person="ines"), ines(), job(), profile("hanna", name="Hanna Virtanen"), applied("hanna"),
        completed("hanna"), decided("hanna"), *more,
    )  # fmt: skip


def digests(letterbox) -> list:
    return [mail for mail in letterbox.read() if mail["To"].addresses[0].username == "ines"]


def text(mail) -> str:
    return mail.get_body(("plain",)).get_content()


# When


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-13 07:59", "2026-11-13 08:00"),
        ("2026-11-13 08:00", "2026-11-16 08:00"),
        ("2026-11-14 03:00", "2026-11-16 08:00"),
        ("2026-12-24 12:00", "2026-12-28 08:00"),
        ("2027-03-26 09:00", "2027-03-30 08:00"),  # over Easter and the hour that summer time takes
        ("2026-10-23 20:00", "2026-10-26 08:00"),  # and the one that it gives back
    ],
)
def test_the_next_morning_is_the_next_business_days_by_the_clocks_there(now, opens):
    assert next_morning(at(now), BERLIN) == at(opens)


@pytest.mark.parametrize(
    ("due", "now", "comes"),
    [
        ("2026-11-16 08:00", "2026-11-16 08:00", True),
        ("2026-11-16 08:00", "2026-11-16 19:59", True),  # whoever slept is late, not silent
        ("2026-11-13 08:00", "2026-11-16 08:05", True),
        ("2026-11-16 08:00", "2026-11-16 20:00", False),
        ("2026-11-16 10:00", "2026-11-16 10:00", False),  # noted during the day: tomorrow
        ("2026-11-14 08:00", "2026-11-14 09:00", False),  # a Saturday
        ("2026-12-25 08:00", "2026-12-25 09:00", False),
    ],
)
def test_a_digest_comes_in_the_morning_it_was_waited_for(due, now, comes):
    assert is_time(at(due), at(now), BERLIN) is comes


@pytest.mark.parametrize(("first", "then"), [("Asia/Tokyo", "Pacific/Honolulu"), ("Pacific/Honolulu", "Asia/Tokyo")])
def test_who_moves_to_other_clocks_reads_no_second_one_the_same_day(first, then):
    now = datetime(2026, 11, 17, 20, tzinfo=UTC)
    due = next_morning(now, Calendar(None, None, first))
    here = Calendar(None, None, then)

    mornings = [is_time(due, due, here), next_morning(due, here) > due]

    assert mornings == [False, True]


@pytest.mark.parametrize(
    ("team", "who"),
    [
        ({"ines": "recruiter", "cora": "coordinator", "tomas": "hiring_manager"}, {"ines", "cora"}),
        ({"tomas": "hiring_manager"}, {"tomas"}),
        ({}, {"root"}),
    ],
)
def test_each_job_has_somebody_who_hears_of_it(team, who):
    people = ("ines", "cora", "tomas", "root")
    asked = JobTeam("j1", "Analyst", team)

    assert {u for u in people if answers_for(asked, u, is_reply_person=u == "root")} == who


# What, and how often


@pytest.mark.db
async def test_a_letter_to_release_is_told_once_each_business_morning(desk, letterbox):
    await a_letter_waits(desk)
    seen = []
    for now in ("11-16 07:59", "11-16 08:00", "11-16 08:01", "11-16 14:00", "11-17 07:59", "11-17 08:00"):
        await desk.move_to(f"2026-{now}")
        seen.append(len(digests(letterbox)))

    assert seen == [0, 1, 1, 1, 1, 2]
    first, second = digests(letterbox)
    assert first["Subject"] == "Halden: what is waiting for you today"
    assert "Data Analyst Intern: 1 letter is waiting for somebody to read and release it." in text(first)
    assert f"{CONSOLE}/letters?job=su27-data" in text(first)
    assert "Hanna Virtanen, Data Analyst Intern: Has been waiting for somebody to release the letter" in text(first)
    assert "mail.example" not in str(first)
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.db
async def test_what_is_due_beside_letters(desk, letterbox):
    known = [
        profile("amara", name="Amara Nwosu"),
        applied("amara"),
        profile("gone"),
        applied("gone"),
        completed("gone"),
    ]
    await desk.move_to("2026-11-13 16:05")
    asked = ErasureRequested(candidate="gone", requested_at=at("2026-11-13 12:00"), by="platform")
    proposed = matched("amara", said_at=at("2026-11-13 10:00"))
    team = [TeamMember(user="ines", role="recruiter"), TeamMember(user="ben", role="coordinator")]
    jobs = job(team=team), job("ws27-ae", title="Analytics Engineer", team=team)
    held = invited("amara", status="held")
    await desk.deliver(halden("live"), ines(), ben(), *jobs, *known, held, proposed, heard(asked))
    for n, who in enumerate(("gone", "", "", "", "", "", "")):
        async with desk.database.transaction(["acme"]) as conn:
            await conn.execute(
                "INSERT INTO tasks VALUES ('acme', 'undelivered', $1, $2, 'ines', $3, $3)", f"l{n}", who, held.at
            )

    await desk.move_to("2026-11-16 08:00")

    [mail] = digests(letterbox)
    assert "Analytics Engineer: 1 proposed match" in text(mail)
    assert f"{CONSOLE}/jobs/ws27-ae/matches" in text(mail)
    assert "1 person is held back from the pool" in text(mail)
    assert "1 more task is to be done." in text(mail)  # five of six are named, and one asked to be forgotten
    assert "ben" not in [mail["To"].addresses[0].username for mail in letterbox.read()]  # who decides neither
    assert "Gone" not in text(mail)


@pytest.mark.db
async def test_who_waits_is_told_from_the_day_on_that_was_promised(desk, letterbox):
    await desk.move_to("2026-11-04 12:00")
    hanna = profile("hanna", name="Hanna of https://evil.example")
    await desk.deliver(halden("live"), ines(), job(), hanna, applied("hanna"), completed("hanna"))

    days = {}
    for day in ("11-05", "11-17", "11-18"):
        await desk.move_to(f"2026-{day} 09:00")
        days[day] = len(digests(letterbox))

    assert days == {"11-05": 0, "11-17": 0, "11-18": 1}
    assert "An answer is promised by 18 November 2026." in text(digests(letterbox)[0])
    assert "Hanna of https: //evil. example, Data Analyst" in text(digests(letterbox)[0])  # whose name is no link


@pytest.mark.db
@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("shadow", []),
        ("off", []),
        ("approve", [user(daily_digest=False)]),
    ],
)
async def test_whom_nothing_is_sent(desk, letterbox, mode, more):
    await a_letter_waits(desk, *more, mode=mode)

    await desk.move_to("2026-11-16 09:00")

    assert digests(letterbox) == []


@pytest.mark.db
async def test_of_whoever_left_the_next_in_line_is_told(desk, letterbox):
    tomas = UserRegistered(user="tomas", name="Tomas Reyes", email="tomas@halden.example")
    await a_letter_waits(desk, user(active=False), heard(tomas))

    await desk.move_to("2026-11-16 09:00")

    [mail] = letterbox.read()
    assert (mail["To"].addresses[0].username, "1 letter is waiting" in text(mail)) == ("tomas", True)


@pytest.mark.db
async def test_nothing_is_sent_where_no_console_is_known(halden_stage, letterbox):
    await a_letter_waits(halden_stage)

    await halden_stage.move_to("2026-11-16 09:00")

    assert digests(letterbox) == []


@pytest.mark.db
async def test_the_brake_holds_it_and_it_leaves_once_that_is_off(desk, letterbox):
    await a_letter_waits(desk)
    await desk.fetch("INSERT INTO pauses VALUES ('acme', 'root', now()) RETURNING organization")
    await desk.move_to("2026-11-16 09:00")
    held = len(digests(letterbox))

    await desk.fetch("DELETE FROM pauses RETURNING organization")
    await desk.move_to("2026-11-16 11:00")

    assert (held, len(digests(letterbox))) == (0, 1)


@pytest.mark.db
async def test_neither_a_replay_nor_a_restart_nor_two_posts_at_once_send_a_second(desk, letterbox):
    await a_letter_waits(desk)
    await desk.move(at("2026-11-16 08:00"))
    others = [Post(desk.runtime, desk.settings) for _ in range(3)]
    await asyncio.gather(*(post.digesting.send_some() for post in others))
    await desk.deliver(halden("approve", reply_person="ines"), ines(), job(), decided("hanna"))
    restarted = Post(desk.runtime, desk.settings)

    await restarted.run_due()

    for post in (*others, restarted):
        await post.close()
    assert len(digests(letterbox)) == 1


@pytest.mark.db
async def test_a_mail_server_that_is_away_gets_it_the_same_day(desk, letterbox, addresses):
    await a_letter_waits(desk)
    await desk.move(at("2026-11-16 08:00"))
    nowhere = Post(desk.runtime, settings_of(addresses.url, "smtp://127.0.0.1:9", console_url=CONSOLE))
    await nowhere.run_due()
    await nowhere.close()

    await desk.move_to("2026-11-16 12:00")

    assert len(digests(letterbox)) == 1


def test_its_ways_lead_to_pages_of_the_console():
    from services.console.api.places import Place

    for way in (HELD, JOBS, LETTERS, LETTERS_OF, MATCHES, TASKS, WAITING):
        assert any(way.startswith(place) for place in Place if place != Place.TODAY), way
