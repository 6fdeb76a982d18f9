"""Rule 10: the survey, asked once in six months, answered without a name, shown in fives."""

from itertools import count
from typing import Any

import pytest

from services.notifications.domain.survey import OFFER, STATEMENTS, SurveyAnswers, results
from shared.contracts import CandidateErased, InterviewMissed, SurveyAnswered
from shared.web.links import Links
from tests.browser import KEY
from tests.heard import Heard
from tests.notifications.facts import (
    INTERVIEW,
    applied,
    at,
    closed,
    completed,
    consent,
    decided,
    halden,
    heard,
    ines,
    job,
    profile,
    scheduled,
)
from tests.notifications.sentences import TO_BUILD, WENT_WELL, gave, hunted

pytestmark = pytest.mark.db

GIVEN = {f"s{n}": "4" for n in range(1, 10)} | {"recommend": "9", "text": "The task was\r\nfun."}


HOURS = count(10)  # of the day


def answered(
    number: int,
    *,
    points: int = 4,
    offer: int | None = None,
    about: str = "su27-data",
    cycle: str | None = None,
    text: str = "",
) -> Heard:
    event = SurveyAnswered(
        answer=f"answer-{number}",
        job=about,
        cycle=cycle,
        answers=(points,) * 9,
        recommend=min(number, 10),
        text=text or f"no {number}",
        offer=offer,
    )
    return Heard(event, at(f"2026-11-{number + 1:02} 10:00"), source="talentloop/notifications")


async def a_told_candidate(stage, mode: str = "live", *more: Heard) -> None:
    """Noor, whose decision letter leaves on Monday the 16th at eight."""
    await stage.move_to("2026-11-13 16:05")
    agreed = consent("noor", at("2026-11-13 10:00"), purpose="survey")
    person = (profile("noor"), applied("noor"), completed("noor"), agreed, decided("noor"))
    await stage.deliver(halden(mode), ines(), job(cycle="Summer 2027"), *person, *more)
    await stage.move_to("2026-11-16 08:00")


async def link(stage) -> str:
    letter = (await stage.letter("survey", "noor-1"))["letter"]
    return f"/survey/{Links(KEY).sign('survey', 'acme', letter, at('2027-01-30 10:00'))}"


async def test_it_is_asked_a_week_after_the_decision_letter_of_whoever_agreed(halden_stage, letterbox):
    await a_told_candidate(halden_stage)
    letterbox.empty()

    await halden_stage.move_to("2026-11-23 07:59")
    before = letterbox.read()
    await halden_stage.move_to("2026-11-23 08:00")

    assert before == []
    [mail] = letterbox.read()
    assert mail["Subject"] == "Halden: how was it?"
    assert "http://notifications.example/survey/" in mail.get_body(("plain",)).get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_nobody_is_asked_who_did_not_agree(halden_stage, letterbox):
    await a_told_candidate(
        halden_stage, "live", consent("noor", at("2026-11-13 11:00"), granted=False, purpose="survey")
    )

    await halden_stage.move_to("2026-12-20 10:00")

    assert len(letterbox.read()) == 1
    assert await halden_stage.letters(kind="survey") == {}


async def test_whoever_missed_their_interview_is_neither_asked_how_it_was_nor_told_how_it_went(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    about = {"interview": "noor-i1", "application": "noor-1", "candidate": "noor", "starts_at": INTERVIEW}
    missed = heard(InterviewMissed(**about, missed_at=at("2026-11-05 15:20"), by="candidate"))
    agreed = consent("noor", at("2026-11-13 10:00"), purpose="survey")
    judging = [gave("noor", "ada", WENT_WELL), gave("noor", "ben", None, TO_BUILD)]
    person = (profile("noor"), applied("noor"), scheduled("noor"), missed, *judging, agreed, decided("noor"))
    await halden_stage.deliver(*hunted("live")[1:], halden("live"), *person)

    await halden_stage.move_to("2026-11-16 08:00")
    await halden_stage.move_to("2026-11-23 08:00")

    [mail] = [m for m in letterbox.read() if "noor@" in m["To"]]
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "Thank you for your application for" in text
    assert not [words for words in ("time you gave us", "went well", "interview") if words in text.lower()]
    assert await halden_stage.letters(kind="survey") == {}


async def test_an_open_application_holds_it_back(halden_stage):
    await a_told_candidate(halden_stage, "live", applied("noor", "ws27-ae", "noor-2"))

    await halden_stage.move_to("2026-11-23 08:00")

    assert await halden_stage.letters(kind="survey") == {"survey/noor-1/1": "suppressed(open_application)"}


async def test_not_within_six_months_of_another(halden_stage, letterbox):
    await a_told_candidate(halden_stage)
    await halden_stage.move_to("2026-11-23 08:00")
    second = decided("noor", decided_at=at("2027-02-01 10:00"), application="noor-2")
    later = decided("noor", decided_at=at("2027-05-20 10:00"), application="noor-3")

    await halden_stage.move_to("2027-02-01 10:00")
    again = [
        completed("noor", at(f"{day} 10:00"), f"i{n}", application=f"noor-{n}")
        for n, day in ((2, "2027-01-20"), (3, "2027-05-10"))
    ]
    await halden_stage.deliver(applied("noor", "su27-data", "noor-2"), again[0], second)
    await halden_stage.move_to("2027-05-20 10:00")
    in_between = await halden_stage.letters(kind="survey", state="sent")
    await halden_stage.deliver(applied("noor", "su27-data", "noor-3"), again[1], later)
    await halden_stage.move_to("2027-05-21 10:00")
    await halden_stage.move_to("2027-05-28 10:00")

    assert in_between == {"survey/noor-1/1": "sent"}
    assert set(await halden_stage.letters(kind="survey", state="sent")) == {"survey/noor-1/1", "survey/noor-3/1"}


async def test_answers_are_kept_once_under_a_random_id_that_leads_to_nobody(halden_stage, browser):
    await a_told_candidate(halden_stage)
    address = await link(halden_stage)

    shown = await browser.client.get(address)
    first = await browser.client.post(address, data=GIVEN | {"s10": "2"})
    again = await browser.client.post(address, data=GIVEN | {"recommend": "0"})

    assert all(statement in shown.text for statement in (*STATEMENTS, OFFER))
    assert "<script" not in shown.text
    assert "Your answers have arrived" in first.text
    assert "Your answers have arrived" in again.text
    [said] = await halden_stage.said("survey-answered")
    assert (said["job"], said["cycle"], said["recommend"]) == ("su27-data", "Summer 2027", 9)
    assert (said["answers"], said["text"], said["offer"]) == ([4] * 9, "The task was fun.", 2)
    [row] = await halden_stage.fetch("SELECT candidate, causation FROM facts WHERE topic = 'survey-answered'")
    assert row == {"candidate": None, "causation": None}
    assert "noor" not in str(said)
    [used] = await halden_stage.fetch("SELECT * FROM used_surveys")
    assert set(used) == {"organization", "letter"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("s3", ""), ("s3", "6"), ("s10", "6"), ("recommend", "11"), ("text", "<b>no</b>"), ("text", "x" * 601)],
)
async def test_what_cannot_be_kept_is_shown_as_it_was_typed(halden_stage, browser, field, value):
    await a_told_candidate(halden_stage)

    refused = await browser.client.post(await link(halden_stage), data=GIVEN | {field: value})

    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert 'name="s1" value="4" checked' in refused.text
    assert await halden_stage.said("survey-answered") == []


async def test_a_link_that_is_none_opens_nothing(halden_stage, browser):
    await a_told_candidate(halden_stage)
    decision = (await halden_stage.letter("decision", "noor-1"))["letter"]
    others = [Links(KEY).sign("survey", "acme", letter, None) for letter in (decision, "nobody")]
    expired = Links(KEY).sign("survey", "acme", decision, at("2026-11-01 10:00"))

    answers = [await browser.client.get(f"/survey/{token}") for token in (*others, expired, "x")]

    assert [a.status_code for a in answers] == [404, 404, 410, 404]


async def shown(stage, browser, asked: str = "?job=su27-data") -> dict[str, Any]:
    """What is shown an hour later."""
    days, hour = divmod(next(HOURS), 24)
    await stage.move_to(f"2026-11-{23 + days} {hour:02}:00")
    return (await browser.get(f"/survey{asked}")).json()


async def test_example_30_four_answers_are_not_shown_five_are_and_seven_are_still_the_first_five(halden_stage, browser):
    await halden_stage.deliver(*(answered(n) for n in range(1, 5)))
    four = await shown(halden_stage, browser)
    await halden_stage.deliver(answered(5, points=2))
    five = await shown(halden_stage, browser)

    await halden_stage.deliver(answered(6), answered(7))
    seven = await shown(halden_stage, browser)
    await halden_stage.deliver(*(answered(n, offer=n % 5 + 1) for n in range(8, 11)))
    ten = await shown(halden_stage, browser)
    await halden_stage.deliver(*(answered(n, offer=2) for n in range(11, 16)))

    assert (four["shown"], four["why"], four["comments"]) == (0, "shown from 5 answers", [])
    assert (five["shown"], five["recommend"], five["statements"][0]["mean"]) == (5, 3.0, 3.6)
    assert seven == five
    assert (ten["shown"], len(ten["statements"])) == (10, 9), "three who said something of the offer are too few"
    offer = (await shown(halden_stage, browser))["statements"][9]
    assert (offer["counts"], offer["mean"]) == ([1, 5, 0, 1, 1], 2.5)
    assert (await browser.get("/survey?job=other")).json()["shown"] == 0
    await halden_stage.deliver(job())
    managed = [(await browser.get("/survey", "hiring_manager", user=user)).json()["shown"] for user in ("tomas", "eve")]
    assert managed == [15, 0]
    assert (await browser.get("/survey?job=other", "hiring_manager", user="tomas")).json()["code"] == "not-your-job"
    assert (await browser.get("/survey")).json()["shown"] == 15


async def test_example_30_a_cycle_without_one_of_its_jobs_is_nobodys_answers(halden_stage, browser):
    """Five of one job and one of another: the cycle minus the first job was the sixth person's sheet."""
    five = [answered(n, cycle="Summer 2027") for n in range(1, 6)]

    await halden_stage.deliver(answered(0, about="su27-be", cycle="Summer 2027"), *five)

    of_job = await shown(halden_stage, browser)
    assert of_job["shown"] == 5
    assert (await browser.get("/survey?cycle=Summer%202027")).json() == of_job
    assert (await browser.get("/survey?job=su27-be")).json()["shown"] == 0


async def test_what_is_left_of_closed_jobs_is_shown_together(halden_stage, browser):
    left = [answered(n, about=f"su27-{n % 2}", cycle="Summer 2027") for n in range(6)]
    closings = [closed(f"su27-{n}", at("2026-11-20 10:00")) for n in range(2)]
    await halden_stage.deliver(job("su27-0"), job("su27-1"), *closings, *left)

    await halden_stage.move_to("2027-02-18 10:00")
    before = (await browser.get("/survey?cycle=Summer%202027")).json()
    await halden_stage.move_to("2027-02-19 10:00")

    assert before["shown"] == 0
    assert (await browser.get("/survey?cycle=Summer%202027")).json()["shown"] == 6
    assert (await browser.get("/survey?job=su27-0")).json()["shown"] == 0


async def test_comments_of_a_job_come_with_its_second_five_shuffled_and_without_those_that_name_somebody(
    halden_stage, browser
):
    await halden_stage.deliver(ines(), profile("noor"), applied("noor"))
    await halden_stage.deliver(*(answered(n) for n in range(1, 5)), answered(5, text="Ines was kind."))
    one_batch = await shown(halden_stage, browser)

    await halden_stage.deliver(*(answered(n) for n in range(6, 10)), answered(10, text="I am Noor."))

    assert one_batch["comments"] == []
    two = (await shown(halden_stage, browser))["comments"]
    assert sorted(two) == [f"no {n}" for n in (1, 2, 3, 4, 6, 7, 8, 9)] != two


async def test_an_erasure_and_a_second_reading_leave_every_page_as_it_was(halden_stage, browser):
    """Nobody can be found among the answers, so none goes with a person."""
    person = (profile("noor"), applied("noor"))
    answers = [answered(n) for n in range(1, 8)]
    await halden_stage.deliver(*person, *answers)
    before = await shown(halden_stage, browser)

    erased = Heard(CandidateErased(candidate="noor", erased_at=at("2026-11-23 09:00")), source="talentloop/candidates")
    await halden_stage.deliver(erased, *answers[::-1])

    assert before["shown"] == 5
    assert await shown(halden_stage, browser) == before


async def test_the_batch_is_said_of_each_of_its_answers_and_outlives_a_lost_database(halden_stage, browser):
    await halden_stage.deliver(*(answered(n) for n in range(1, 7)))
    before = await shown(halden_stage, browser)
    batches = {s["answer"]: s.get("batch") for s in await halden_stage.said("survey-answered")}

    async with halden_stage.database.transaction(["acme"]) as conn:
        await conn.execute("DELETE FROM survey_batches")
    await halden_stage.deliver(answered(0, points=1))  # it was given first, and arrives last
    after = await shown(halden_stage, browser)

    first = {"number": 1, "pool": "job", "size": 5}
    assert batches == {f"answer-{n}": first if n < 6 else None for n in range(1, 7)}
    assert (before["shown"], after) == (5, before)


def test_comments_come_in_another_order_than_their_writers():
    given = [SurveyAnswers(f"random-{n}", (3,) * 9, 5, f"{n:02}", n // 5, ("su27", None)) for n in range(15)]

    found = results(given[:10])

    assert found.shown == 10
    assert sorted(found.comments) == [f"{n:02}" for n in range(10)] != found.comments
    assert sorted(results(given).comments) == sorted(found.comments)
    assert results(given[:5]).comments == []
    assert found.counts[0] == [0, 0, 10, 0, 0]
    assert (found.promoters, found.detractors) == (0, 10)
