"""The candidate's page: what it says and, as important, what it does not say yet."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts import (
    ApplicationDecisionReversed,
    FeedbackReleased,
    InterviewCancelled,
    RequestAnswered,
    match_id,
)
from shared.web.links import Links
from tests.browser import KEY
from tests.candidates.pages import AMARAS, configured, noted, released, responded, sent, text_of
from tests.candidates.sentences import (
    DECIDED,
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    closed,
    completed,
    consented,
    decided,
    later,
    noor,
    opened,
    registered,
    reviewed_match,
    scheduled,
    the_next_job,
)
from tests.heard import Heard

WAITING = "is considering your application"
ENDED = "This application has ended: we decided not to take it further."


async def test_a_job_that_ended_without_a_hire_says_so_and_why_once_they_may_know(stage, browser):
    reason = {"reason": "budget", "texts": [{"language": "en", "text": "The budget was withdrawn."}]}
    over = closed(told_reason="budget")
    undecided = [e for e in an_interviewed_candidate("ana", "yes") if e.topic != "application-decided"]
    await stage.deliver(configured(closing_reasons=[reason]), opened(), *noor(), *undecided, over)
    untold = await text_of(browser)

    await stage.deliver(sent("noor"))

    assert "hired nobody" not in untold
    said = await text_of(browser)
    assert "This application has ended: we hired nobody for this opening. The budget was withdrawn. Thank you" in said
    assert "This opening has ended: we hired nobody for it. The budget was withdrawn." in await text_of(browser, "ana")


async def test_a_decision_is_shown_once_a_letter_told_it(stage, browser):
    await stage.deliver(configured(), opened(), *noor())
    before = await text_of(browser)

    await stage.deliver(sent("noor"))
    after = await text_of(browser)

    assert WAITING in before or "You should have heard from us" in before
    assert ENDED not in before
    assert "Ask for feedback" not in before
    assert ENDED in after
    assert all(words in after for words in ("Ask for feedback", "Have a person look again"))


@pytest.mark.parametrize(
    ("outcome", "given", "says"),
    [
        ("not_selected", {"notice": {"by": "platform"}}, False),
        ("not_selected", {"notice": {"by": "platform", "sent_at": DECIDED}}, True),
        ("withdrawn", {}, True),
        ("hired", {}, True),
    ],
)
async def test_what_the_platform_told_or_they_know_themselves_is_shown(stage, browser, outcome, given, says):
    await stage.deliver(opened(), registered("noor"), applied("noor"), decided("noor", outcome, **given))

    assert (WAITING not in await text_of(browser)) is says


async def test_a_reversed_decision_is_none(stage, browser):
    reversal = ApplicationDecisionReversed.model_validate(
        {"application": "noor-su27", "candidate": "noor", "reversed_at": "2026-11-18T08:00:00Z"}
    )
    await stage.deliver(opened(), *noor(sent("noor"), reversal))

    assert ENDED not in await text_of(browser)


async def test_a_decision_that_was_taken_back_is_owed_anew_from_that_day_on(stage, browser):
    back = ApplicationDecisionReversed(application="noor-su27", candidate="noor", reversed_at="2026-11-18T08:00:00Z")
    await stage.deliver(configured(timezone="Europe/Berlin", country="DE"), opened(), *noor(back))

    assert "You will hear from us by 2 December 2026 at the latest." in await text_of(browser)


async def test_an_interview_is_told_by_the_clocks_of_its_job_where_theirs_are_not_known(stage, browser):
    ahead = {"starts_at": "2026-11-25T02:00:00Z", "ends_at": "2026-11-25T03:00:00Z"}
    there = opened(location={"city": "Boston", "timezone": "America/New_York"})
    await stage.deliver(configured(timezone="Europe/Berlin"), there, registered("noor"), applied("noor"))
    await stage.deliver(scheduled("noor", **ahead))

    page = await text_of(browser)

    assert "Tuesday, 24 November 2026 at 21:00</time> (time zone America/New York)" in page


async def test_whoever_was_never_met_is_thanked_for_their_application(stage, browser):
    await stage.deliver(opened(), registered("zoe"), applied("zoe"), decided("zoe"), sent("zoe"), *noor(sent("noor")))

    thanks = [await text_of(browser, candidate) for candidate in ("zoe", "noor")]

    assert ["Thank you for your application." in page for page in thanks] == [True, False]
    assert ["Thank you for your time." in page for page in thanks] == [False, True]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (noor(), "This application has ended. Thank you for your time."),
        (noor()[:-1], "is considering your application."),
    ],
    ids=["decided", "undecided"],
)
async def test_of_history_the_page_promises_nothing_and_is_sorry_for_nothing(stage, browser, told, says):
    await stage.deliver(configured(), opened(), *(Heard(event, historical=True) for event in told))

    page = await text_of(browser)

    assert says in " ".join(page.split())
    assert [words for words in ("hear from us", "have heard", "not to take it further") if words in page] == []


@pytest.mark.parametrize(("by", "day"), [("candidate", "10 December"), ("organization", "11 December")])
async def test_interviews_ahead_and_the_day_of_the_answer_also_for_one_that_was_called_off(stage, browser, by, day):
    ahead = {"starts_at": "2026-11-25T14:00:00Z", "ends_at": "2026-11-25T15:00:00Z"}
    off = {"starts_at": "2026-11-26T14:00:00Z", "ends_at": "2026-11-26T15:00:00Z"}
    cancelled = InterviewCancelled.model_validate({
        "interview": "noor-su27-i3", "application": "noor-su27", "candidate": "noor", "starts_at": off["starts_at"],
        "cancelled_at": DECIDED, "by": by,
    })  # fmt: skip
    past = {"starts_at": "2026-11-20T14:00:00Z", "ends_at": "2026-11-20T15:00:00Z"}
    await stage.deliver(
        configured(timezone="Europe/Berlin", country="DE"), opened(), registered("noor", timezone="Asia/Tokyo"),
        applied("noor"), scheduled("noor", 1, **past), completed("noor", completed_at=past["ends_at"]),
        scheduled("noor", 2, stage={"name": "On site", "position": 2}, **ahead), scheduled("noor", 3, **off), cancelled,
    )  # fmt: skip

    two = await text_of(browser)
    await stage.move(NOW + timedelta(days=4))
    waiting = await text_of(browser)

    assert "Wednesday, 25 November 2026 at 23:00" in two
    assert "On site" in two
    assert "26 November" not in two
    assert f"You will hear from us by {day} 2026 at the latest." in waiting


async def test_feedback_is_shown_when_it_was_sent_with_what_to_build(stage, browser):
    await stage.deliver(opened(), *noor(released("noor")))
    approved = await text_of(browser)

    await stage.deliver(sent("noor"))
    arrived = await text_of(browser)

    assert "four tables" not in approved
    assert all(words in arrived for words in ("You joined four tables.", "Skills to build", "Write the exit condition"))
    assert "Rate this feedback" in arrived
    assert "ada" not in arrived
    assert "Ask for feedback" not in arrived


def what_went_well_later() -> FeedbackReleased:
    """A letter about another job, in which what was to be built up before is a strength, and so is something else."""
    strengths = [
        {"competency": c, "observed": "It worked.", "feedback": "noor-ws27-f1"} for c in ("python", "python", "sql")
    ]
    return FeedbackReleased.model_validate(
        released("noor").model_dump()
        | {"letter": "letter-ws27", "application": "noor-ws27", "strengths": strengths, "development": []}
        | {"released_at": NOW}
    )


async def test_what_was_to_be_built_up_before_and_went_well_since_earns_a_line_without_a_number(stage, browser):
    left = sent("noor").model_copy(update={"outreach": "letter-ws27", "application": "noor-ws27"})
    again = [the_next_job(), applied("noor", "ws27"), decided("noor", job="ws27"), what_went_well_later()]
    await stage.deliver(opened(), *noor(released("noor")), *again)
    await stage.deliver(left)
    unread = await text_of(browser)

    await stage.deliver(sent("noor"))
    arrived = await text_of(browser)

    line = "In an earlier letter we suggested building up Python. It is among what went well now."
    assert line not in unread, "the earlier letter has not left: they have not read it"
    assert arrived.count(line) == 1
    assert "building up SQL" not in arrived


async def test_what_they_answered_is_shown_instead_of_the_question(stage, browser):
    letter = {"letter": "letter-noor"}
    rated, disputed = responded("feedback_rated", rating=4, **letter), responded("disputed", text="No loop.", **letter)
    await stage.deliver(opened(), *noor(released("noor"), sent("noor"), rated, disputed))
    page = await text_of(browser)
    assert "You rated it 4 out of 5." in page
    assert "On 20 November 2026 you told us that something in your feedback is wrong." in page
    assert "No loop." in page
    assert "A person will answer you by 4 December 2026." in page
    assert "Something in it is wrong" not in page
    assert "Rate this feedback" not in page

    asked, review = (
        responded("feedback_requested", letter=AMARAS),
        responded("review_requested", letter=AMARAS),
    )
    theirs = [e.model_copy(update={"candidate": "amara", "response": e.response + "-a"}) for e in (asked, review)]
    await stage.deliver(*amara(sent("amara"), *theirs))
    page = await text_of(browser, "amara")
    assert "you asked for feedback." in page
    assert "you asked that a person look again." in page


async def test_the_answer_of_a_person_stands_below_the_question_and_what_was_settled_says_so(stage, browser):
    letter = {"letter": "letter-noor"}
    answer = {"response": "r-disputed", "candidate": "noor", "answered_at": "2026-11-21T08:00:00Z", "by": "ines"}
    told = answer | {"letter": "answer-noor", "language": "en", "text": "You are right <3.\n\nWe mended it."}
    replied = responded("replied", letter="answer-noor", responded_at="2026-11-22T08:00:00Z")
    machine = replied.model_copy(update={"response": "r-m", "via": "machine"})
    asked = responded("disputed", text="No loop.", **letter)
    await stage.deliver(opened(), *noor(released("noor"), sent("noor"), asked, replied, machine))
    await stage.deliver(RequestAnswered.model_validate(told))
    answered = await text_of(browser)

    settled = answer | {"answered_at": "2026-11-22T09:00:00Z", "reason": "We talked on the phone."}
    await stage.deliver(later(RequestAnswered.model_validate(settled), 1))
    page = await text_of(browser)
    taken_up = settled | {"reopened_at": "2026-11-23T08:00:00Z"}
    await stage.deliver(later(RequestAnswered.model_validate(taken_up), 2))
    again = await text_of(browser)

    assert "You are right &lt;3." in answered
    assert (
        answered.index("No loop.") < answered.index("answered on 21 November 2026:") < answered.index("We mended it.")
    )
    assert answered.count("On 22 November 2026 you replied by mail.") == 1
    assert "A person will answer you by" not in answered
    assert "settled this on 22 November 2026 in a way other than by letter." in page
    assert "phone" not in page
    assert ["Something in it is wrong" in shown for shown in (answered, page, again)] == [False, True, False]
    assert "settled this on" not in again
    assert "A person will answer you by 7 December 2026." in again


async def test_jobs_for_them_are_open_ones_of_their_family_and_say_no_score(stage, browser):
    other = opened("cook", title="Cook", family="kitchen")
    await stage.deliver(opened(), closed(), other, the_next_job(url="https://halden.example/ws27"))
    await stage.deliver(*amara(consented("amara")))
    page = await text_of(browser, "amara")
    assert "Working Student Analytics" in page
    assert "https://halden.example/ws27" in page
    assert not any(word in page for word in ("Cook", "We thought of you", "86.7", "silver"))

    await stage.deliver(reviewed_match("amara", "ws27", reviewed_at="2026-11-23T08:00:00Z"))
    page = await text_of(browser, "amara")
    assert "We thought of you for this one" in page
    answer = page.split("http://notifications.example/answer/")[1].split('"')[0]
    assert Links(KEY).open("answer", answer, NOW).subject == f"amara/{match_id('amara', 'ws27')}"


async def test_the_page_shows_news_of_their_field_the_newest_first(stage, browser):
    await stage.deliver(
        configured(), opened(), *noor(),
        noted("columns", families=["Data"], url="https://halden.example/columns"),
        noted("evening", title="Ein Abend", about="events", language="de", published_at=NOW - timedelta(days=2)),
        noted("law", title="Of another field", families=["legal"]),
        noted("over", title="Of yesterday", tell_until=(NOW - timedelta(days=1)).date()),
        noted("old", title="Of long ago", published_at=NOW - timedelta(days=400)),
        *(noted(f"law-{n}", title="Of another field", families=["legal"], published_at=NOW) for n in range(60)),
    )  # fmt: skip

    page = await text_of(browser)

    assert page.index("Ein Abend") < page.index("Our warehouse is new")
    assert '<h3 lang="de">Ein Abend</h3>' in page
    assert "News from Halden" in page
    assert [title for title in ("Of another field", "Of yesterday", "Of long ago") if title in page] == []


async def test_what_a_mail_asks_for_has_a_place_of_its_own_on_the_page(stage, browser):
    await stage.deliver(configured(), opened(), *noor(released("noor"), sent("noor")))
    written = (Path(__file__).parents[2] / "services/notifications/letters/writing.py").read_text()

    page = await text_of(browser)

    asked = set(re.findall(r'#([a-z_]+)"', written)) - {"mentor"}  # which is there where somebody has one
    assert asked >= {"talent_pool", "jobs"}
    assert {place for place in asked if f'id="{place}"' not in page} == set()
    assert page.index("One thing you can do") < page.index("Your feedback") < page.index('id="talent_pool"')


async def test_where_an_interview_is_stands_on_the_page_as_it_was_said_last(stage, browser):
    slot = {"starts_at": "2026-11-25T14:00:00Z", "ends_at": "2026-11-25T15:00:00Z", "location": "Torstraße 1"}
    await stage.deliver(registered("noor"), applied("noor"), scheduled("noor", **slot))
    moved = slot | {"location": "Torstraße 2", "meeting_url": "https://video.example/noor"}

    await stage.deliver(later(scheduled("noor", **moved), 30))

    page = await text_of(browser)
    assert "Where: Torstraße 2" in page
    assert "Torstraße 1" not in page
    assert 'href="https://video.example/noor"' in page
    assert "Nothing to do for you" in page
