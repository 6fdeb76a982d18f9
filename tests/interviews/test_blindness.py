"""Who sees whose feedback: blind until one's own is in, and private notes for nobody but their author."""

from datetime import timedelta

import pytest

from tests.interviews.test_routes import APPLICATION, JOB, SCHEDULE, VERDICT

pytestmark = pytest.mark.db

NOTE = {"noted_at": "2026-11-04T14:20:00Z", "text": "Hesitates with window functions."}
DRAFT = {"application": "a1", "candidate": "ana", "drafted_at": "2026-11-05T07:00:00Z", "overall": "no"}
SECOND = SCHEDULE | {"starts_at": "2026-11-05T14:00:00Z", "ends_at": "2026-11-05T15:00:00Z"}

# role -> whether they see others' feedback before their own about the application is in, and after
SEES = {
    "recruiter": (True, True),
    "coordinator": (True, True),
    "admin": (True, True),
    "auditor": (True, True),
    "integration": (True, True),
    "hiring_manager": (True, True),  # of the job
    "interviewer": (False, True),
}


@pytest.fixture
async def panel(browser):
    """Ada and Ben interviewed Ana; Ada's feedback is in. Tomas manages the job."""
    for path, body in (
        ("/jobs/su27", JOB),
        ("/applications/a1", APPLICATION),
        ("/interviews/i1", SCHEDULE),
        ("/feedback/adas", VERDICT),
    ):
        assert (await browser.put(path, body, "admin")).status_code == 201
    return browser


async def submit(browser, feedback: str, user: str, **given) -> None:
    body = VERDICT | {"interviewer": user} | given
    assert (await browser.put(f"/feedback/{feedback}", body, "interviewer", user=user)).status_code == 201


async def sees(browser, role: str, user: str) -> tuple[bool, bool]:
    """Whether somebody may open Ada's feedback, and finds it in the list."""
    one = await browser.get("/feedback/adas", role, user=user)
    listed = (await browser.get("/feedback?application=a1", role, user=user)).json()["items"]
    return one.status_code == 200, "adas" in {item["feedback"] for item in listed}


@pytest.mark.parametrize("own_is_in", [False, True])
@pytest.mark.parametrize("role", SEES)
async def test_who_sees_the_feedback_of_others(panel, role, own_is_in):
    user = "tomas" if role == "hiring_manager" else "ben"
    if own_is_in:
        await submit(panel, "bens", "ben")

    expected = SEES[role][own_is_in]
    assert await sees(panel, role, user) == (expected, expected)


async def test_whoever_still_owes_feedback_of_a_loop_stays_blind(panel):
    await panel.put("/interviews/i2", SECOND | {"interviewers": [{"user": "ben"}]}, "admin")
    await panel.put("/interviews/i2/completion", {"completed_at": "2026-11-05T15:00:00Z"}, "admin")
    await submit(panel, "bens", "ben")

    assert await sees(panel, "interviewer", "ben") == (False, False)
    await submit(panel, "bens-2", "ben", interview="i2")
    assert await sees(panel, "interviewer", "ben") == (True, True)


async def test_a_hiring_manager_on_the_panel_is_blind_until_theirs_is_in(panel):
    """Recruiters see all, wherever they sit."""
    with_tomas = SECOND | {"interviewers": [{"user": "tomas"}, {"user": "ines"}]}
    await panel.put("/interviews/i2", with_tomas | {"starts_at": "2026-11-24T14:00:00Z",
                                                    "ends_at": "2026-11-24T15:00:00Z"}, "admin")  # fmt: skip
    assert await sees(panel, "hiring_manager", "tomas") == (False, False)  # it is still to come
    await panel.put("/interviews/i2", with_tomas, "admin")
    await panel.put("/interviews/i2/completion", {"completed_at": "2026-11-05T15:00:00Z"}, "admin")

    assert await sees(panel, "hiring_manager", "tomas") == (False, False)
    assert await sees(panel, "recruiter", "ines") == (True, True)
    both = VERDICT | {"interviewer": "tomas", "interview": "i2"}
    assert (await panel.put("/feedback/toms", both, "interviewer", "hiring_manager", user="tomas")).status_code == 201
    assert await sees(panel, "hiring_manager", "tomas") == (True, True)


async def test_a_hiring_manager_who_only_listens_on_the_panel_owes_nothing(panel):
    await panel.put(
        "/interviews/i2", SECOND | {"interviewers": [{"user": "tomas", "feedback_required": False}]}, "admin"
    )
    await panel.put("/interviews/i2/completion", {"completed_at": "2026-11-05T15:00:00Z"}, "admin")

    assert await sees(panel, "hiring_manager", "tomas") == (True, True)


async def test_feedback_taken_back_blinds_again(panel):
    await submit(panel, "bens", "ben")
    withdrawal = {"withdrawn_at": "2026-11-06T08:00:00Z"}
    await panel.put("/feedback/bens/withdrawal", withdrawal, "interviewer", user="ben")

    assert await sees(panel, "interviewer", "ben") == (False, False)


async def test_an_interviewer_of_another_application_sees_nothing(panel):
    await panel.put("/applications/a2", APPLICATION | {"candidate": "bo"}, "admin")
    other = SCHEDULE | {"application": "a2", "candidate": "bo", "interviewers": [{"user": "eve"}]}
    await panel.put("/interviews/i9", other, "admin")
    await submit(panel, "eves", "eve", application="a2", candidate="bo", interview="i9")

    assert await sees(panel, "interviewer", "eve") == (False, False)


async def test_a_merged_candidates_feedback_is_one_persons(panel, stage):
    from shared.contracts import CandidateMerged
    from tests.heard import Heard

    await submit(panel, "bens", "ben")
    merged = CandidateMerged(surviving="ana-2", merged=("ana",), merged_at="2026-11-20T08:00:00Z")
    await stage.deliver(Heard(merged))

    assert await sees(panel, "interviewer", "ben") == (True, True)


@pytest.mark.parametrize("path", ["/interviews/i1/note", "/feedback/d1/draft"])
@pytest.mark.parametrize("role", SEES)
async def test_notes_and_drafts_are_for_their_author_alone(panel, path, role):
    body = NOTE if path.endswith("note") else DRAFT
    assert (await panel.put(path, body, "interviewer", user="ada")).status_code == 201

    assert (await panel.get(path, "interviewer", user="ada")).status_code == 200
    assert (await panel.get(path, role, user="ben")).status_code in (403, 404)


async def test_what_is_private_is_in_no_event(panel, stage):
    await panel.put("/interviews/i1/note", NOTE, "interviewer", user="ada")
    await panel.put("/feedback/d1/draft", DRAFT, "interviewer", user="ada")

    rows = await stage.fetch("SELECT topic, convert_from(value, 'UTF8') AS value FROM outbox")
    assert not {"private-interview-note", "private-feedback-draft"} & {row["topic"] for row in rows}
    assert not [row for row in rows if "window functions" in row["value"]]
    assert (
        len(await stage.fetch("SELECT FROM facts WHERE topic IN ('private-interview-note', 'private-feedback-draft')"))
        == 2
    )


async def test_private_facts_change_repeat_and_are_erased_like_others(panel, stage):
    from shared.contracts import CandidateErased
    from tests.candidates.sentences import NOW
    from tests.heard import Heard

    answers = [await panel.put("/interviews/i1/note", body, "interviewer", user="ada")
               for body in (NOTE, NOTE, NOTE | {"text": "Good with joins."})]  # fmt: skip
    assert [a.json()["recorded"] for a in answers] == ["created", "same", "changed"]

    a_minute_later = NOW + timedelta(minutes=1)
    await stage.deliver(Heard(CandidateErased(candidate="ana", erased_at=a_minute_later), at=a_minute_later))
    assert await stage.fetch("SELECT FROM facts WHERE topic = 'private-interview-note'") == []
    assert await stage.fetch("SELECT FROM outbox WHERE topic = 'private-interview-note'") == []


async def test_a_draft_ends_when_the_feedback_is_submitted(panel):
    await panel.put("/feedback/bens/draft", DRAFT, "interviewer", user="ben")
    await submit(panel, "bens", "ben")

    assert (await panel.get("/feedback/bens/draft", "interviewer", user="ben")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "user", "code"),
    [
        ("/interviews/i1/note", NOTE, "eve", "not-your-interview"),
        ("/interviews/none/note", NOTE, "ada", "interview-not-found"),
        ("/feedback/adas/draft", DRAFT, "ben", "not-your-interview"),
        ("/feedback/d1/draft", DRAFT | {"application": "none"}, "ada", "application-unknown"),
        ("/feedback/d1/draft", DRAFT | {"candidate": "bo"}, "ada", "another-candidate"),
    ],
)
async def test_what_is_not_ones_own_is_refused(panel, path, body, user, code):
    answer = await panel.put(path, body, "interviewer", user=user)

    assert answer.json()["code"] == code


async def test_nobody_writes_in_anothers_name(panel):
    await panel.put("/interviews/i1/note", NOTE | {"author": "ben"}, "interviewer", user="ada")

    assert (await panel.get("/interviews/i1/note", "interviewer", user="ada")).json()["author"] == "ada"
    assert (await panel.get("/interviews/i1/note", "interviewer", user="ben")).status_code == 404
