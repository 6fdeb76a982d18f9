"""The feedback form of three minutes behind a signed link: no sign-in, no script, nothing typed is lost."""

from datetime import timedelta

import pytest

from services.interviews.domain.forms import feedback_id
from shared.contracts import CandidateErased, CandidateMerged, CandidateRegistered, ErasureRequested, FeedbackWithdrawn
from shared.web.links import Links
from tests.browser import KEY
from tests.candidates.sentences import NOW
from tests.heard import Heard

pytestmark = pytest.mark.db


JOB = {
    "title": "Data Analyst Intern",
    "opened_at": "2026-10-01T08:00:00Z",
    "language": "en",
    "competencies": [
        {
            "competency": "sql",
            "name": "SQL",
            "level": 4,
            "looks_for": "Joins without fear",
            "anchors": [{"level": 5, "text": "Explains why."}, {"level": 1, "text": "Joins by trial."}],
        },
        {"competency": "python", "name": "Python", "level": 3},
    ],
}
APPLICATION = {"candidate": "noor", "job": "su27", "submitted_at": "2026-10-20T08:00:00Z"}
SCHEDULE = {
    "application": "a1",
    "candidate": "noor",
    "job": "su27",
    "starts_at": "2026-11-04T14:00:00Z",
    "ends_at": "2026-11-04T15:00:00Z",
    "timezone": "Europe/Berlin",
    "interviewers": [{"user": "ben"}],
}
GIVEN = {
    "overall": "yes",
    "level-0": "4",
    "level-1": "none",
    "strength-0": "Joined three tables\r\nand explained why.",
    "observed-1": "Wrote loops where a function was at hand.",
    "suggestion-1": "Read about list comprehensions.",
    "language": "en",
    "about-0": "role",
    "understood-0": "Expected to sell; the job is to\nanalyse.",
}


def link(interview: str = "i1", user: str = "ben", purpose: str = "feedback", *, days: int = 60) -> str:
    expires_at = NOW + timedelta(days=days)
    return f"/feedback-form/{Links(KEY).sign(purpose, 'acme', f'{interview}/{user}', expires_at)}"


@pytest.fixture
async def form(browser):
    """The browser, once the interview is known."""
    for path, body in (("/jobs/su27", JOB), ("/applications/a1", APPLICATION), ("/interviews/i1", SCHEDULE)):
        assert (await browser.put(path, body, "coordinator")).status_code == 201
    return browser


async def test_a_submission_is_feedback_of_this_interviewer_on_this_interview(form, stage):
    sent = await form.client.post(link(), data=GIVEN)

    assert sent.status_code == 200
    assert "Your feedback is in" in sent.text
    [said] = await stage.said("feedback-submitted")
    assert said["feedback"] == feedback_id("i1", "ben")
    assert (said["interview"], said["application"], said["candidate"]) == ("i1", "a1", "noor")
    assert (said["interviewer"], said["overall"], said["kind"]) == ("ben", "yes", "interview")
    assert [(r["competency"], r["level"]) for r in said["ratings"]] == [("sql", 0.75), ("python", None)]
    assert said["shareable"] == {
        "language": "en",
        "strengths": [{"competency": "sql", "observed": "Joined three tables and explained why."}],
        "development": [
            {
                "competency": "python",
                "observed": "Wrote loops where a function was at hand.",
                "suggestion": "Read about list comprehensions.",
            }
        ],
    }
    assert said["misconceptions"] == [{"about": "role", "observed": "Expected to sell; the job is to analyse."}]
    outbox = await stage.fetch("SELECT topic FROM outbox WHERE topic = 'feedback-submitted'")
    assert len(outbox) == 1


async def test_who_has_left_neither_reads_of_somebody_nor_writes_to_them_by_an_old_link(form, stage):
    ben = {"name": "Ben Okafor", "email": "ben@halden.example"}
    await form.put("/users/ben", ben | {"active": False}, "admin")

    shown = await form.client.get(link())
    sent = await form.client.post(link(), data=GIVEN)
    linted = await form.client.post(f"{link()}/lint", json={"language": "en", "texts": {"a": "You are lazy."}})
    said = await stage.said("feedback-submitted")
    await form.put("/users/ben", ben, "admin")
    again = await form.client.post(link(), data=GIVEN)

    assert [r.status_code for r in (shown, sent, linted)] == [404, 404, 404]
    assert said == []
    assert again.status_code == 200


async def test_the_form_asks_for_what_the_interview_assesses_and_needs_no_script(form):
    everything = await form.client.get(link())
    await form.put("/interviews/i1", SCHEDULE | {"assesses": ["python", "teamwork"]}, "coordinator")

    assessed = await form.client.get(link())

    assert "It takes about three minutes." in everything.text
    assert "whoever asks for their data reads everything you send, the verdict and the levels too" in everything.text
    assert "Joins without fear" in everything.text
    assert '<li value="5">Explains why.</li>' in everything.text
    assert "Python" in everything.text
    assert "SQL" not in assessed.text
    assert "teamwork" in assessed.text
    assert "<script src" not in everything.text
    assert "4 November 2026 at 15:00" in everything.text


async def test_the_form_says_of_whom_by_any_of_their_ids_and_never_how_to_reach_them(form, stage):
    unknown = await form.client.get(link())
    profile = CandidateRegistered(candidate="nh", name="Noor Haddad", email="noor@mail.example", phone="+49 30 1234567")
    await stage.deliver(
        Heard(profile, NOW), Heard(CandidateMerged(surviving="noor", merged=("nh",), merged_at=NOW), NOW)
    )

    known = await form.client.get(link())

    assert "noor" not in unknown.text
    assert "<strong>Noor Haddad</strong>" in known.text
    assert not [contact for contact in ("mail.example", "1234567") if contact in known.text]


async def test_opening_the_link_changes_nothing(form, stage):
    await form.client.get(link())

    assert await stage.said("feedback-submitted") == []


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("overall", "", "overall"),
        ("overall", "perhaps", "overall"),
        ("suggestion-1", "", "suggestion-1"),
        ("observed-1", "", "observed-1"),
        ("strength-0", "<b>great</b>", "strength-0"),
        ("strength-0", "x" * 601, "strength-0"),
        ("level-0", "9", "level-0"),
        ("language", "klingonese!", "language"),
        ("about-0", "", "about-0"),
        ("understood-0", "", "understood-0"),
        ("understood-0", "<b>no</b>", "understood-0"),
    ],
)
async def test_what_cannot_be_kept_is_shown_as_it_was_typed(form, stage, field, value, wrong):
    refused = await form.client.post(link(), data=GIVEN | {field: value})

    assert refused.status_code == 422
    assert f'href="#{wrong}"' in refused.text
    assert 'role="alert"' in refused.text
    assert "explained why." in refused.text or field == "strength-0"
    assert await stage.said("feedback-submitted") == []


async def test_given_again_it_corrects_and_the_same_again_says_nothing(form, stage):
    await form.client.post(link(), data=GIVEN)
    before = await stage.fetch("SELECT time FROM facts WHERE topic = 'feedback-submitted'")
    await stage.move(NOW + timedelta(hours=1))
    await form.client.post(link(), data=GIVEN)
    same = await stage.fetch("SELECT time FROM facts WHERE topic = 'feedback-submitted'")

    await form.client.post(link(), data=GIVEN | {"overall": "strong_yes"})
    shown = await form.client.get(link())

    assert same == before
    [said] = await stage.said("feedback-submitted")
    assert said["overall"] == "strong_yes"
    assert 'value="strong_yes" checked' in shown.text
    assert "Read about list comprehensions." in shown.text


async def test_given_again_after_it_was_withdrawn_it_stands_whatever_the_withdrawal_was_dated(form, stage):
    await form.client.post(link(), data=GIVEN)
    withdrawn_at = NOW + timedelta(minutes=8)  # a platform's clock may be ahead of ours
    feedback = feedback_id("i1", "ben")
    await stage.deliver(FeedbackWithdrawn(feedback=feedback, candidate="noor", withdrawn_at=withdrawn_at))

    await form.client.post(link(), data=GIVEN)

    assert (await form.get(f"/feedback/{feedback}", "admin")).json()["state"] == "submitted"


async def test_after_the_decision_two_sentences_are_enough_and_needed(form, stage):
    decision = {"decided_at": "2026-11-13T15:00:00Z", "outcome": "not_selected"}
    await form.put("/applications/a1/decision", decision, "recruiter")

    shown = await form.client.get(link())
    empty = await form.client.post(link(), data={"language": "en"})
    sent = await form.client.post(link(), data={"language": "en", "strength-0": "Joined three tables."})

    assert "Two sentences for the candidate" in shown.text
    assert 'name="overall"' not in shown.text
    assert (empty.status_code, sent.status_code) == (422, 200)
    [said] = await stage.said("feedback-submitted")
    assert "overall" not in said or said["overall"] is None


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (link(user="eve"), 404),
        (link("i9"), 404),
        (link(purpose="pool"), 404),
        (link(days=-1), 410),
        ("/feedback-form/nonsense", 404),
    ],
)
async def test_a_link_that_is_not_theirs_does_not_open(form, stage, address, status):
    assert (await form.client.get(address)).status_code == status
    assert (await form.client.post(address, data=GIVEN)).status_code == status
    assert await stage.said("feedback-submitted") == []


ASKED = ErasureRequested(candidate="noor", requested_at=NOW, by="platform")  # and a legal hold
ERASED = CandidateErased(candidate="noor", erased_at=NOW + timedelta(minutes=30))


@pytest.mark.parametrize("event", [ASKED, ERASED], ids=["held", "erased"])
async def test_about_somebody_who_asked_to_be_forgotten_the_link_opens_nothing(form, stage, event):
    await stage.move(NOW + timedelta(hours=1))
    await stage.deliver(Heard(event, NOW))

    answers = [await form.client.get(link()), await form.client.post(link(), data=GIVEN)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert await stage.said("feedback-submitted") == []
