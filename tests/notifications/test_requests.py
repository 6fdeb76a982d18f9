"""What candidates ask a person for: in their words, answered by a letter in the thread, or ended for a reason."""

import asyncio
from email.message import EmailMessage

import pytest

from shared.contracts import CandidateErased, RequestAnswered, Saying
from shared.kit.people import lock_people
from tests.interleaving import done_or_blocked
from tests.notifications.facts import at, heard
from tests.notifications.test_responses import link
from tests.notifications.test_survey import a_told_candidate

pytestmark = pytest.mark.db

WORDS = "Was it the second task?\r\nI was not sure."
ANSWER = "It was the second task, as you thought: the count was too high after the join.\n\nNobody asked why. Ines"
ASKED = "2026-11-23 10:00"
OVERDUE = "2026-12-07 18:10"  # ten business days on, and settled


async def asked_for(stage, browser, words: str = WORDS, kind: str = "feedback_requested") -> tuple[str, str]:
    """Noor asks; the names of the task, and of the letter that is to answer."""
    await a_told_candidate(stage)
    await stage.move_to(ASKED)
    await browser.client.post(link(kind), data={"words": words})
    [task] = [t for t in (await browser.get("/tasks")).json()["items"] if t["kind"] == kind]
    return task["task"], task["letter"]


async def answered(stage, browser, text: str = ANSWER) -> tuple[str, str]:
    """The same, written and released."""
    task, letter = await asked_for(stage, browser)
    await browser.put(f"/letters/{letter}/answer", {"text": text})
    await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    await stage.move_to("2026-11-24 10:00")
    return task, letter


def body_of(mail: EmailMessage) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


async def open_requests(browser) -> list[str]:
    tasks = (await browser.get("/tasks")).json()["items"]
    return [t["kind"] for t in tasks if t["kind"] in ("feedback_requested", "review_requested", "disputed")]


async def test_their_words_reach_whoever_answers_and_nobody_elses_logs(halden_stage, browser, capfd):
    task, letter = await asked_for(halden_stage, browser)

    [said] = await halden_stage.said("candidate-responded")
    [shown] = [t for t in (await browser.get("/tasks")).json()["items"] if t["task"] == task]
    whole = (await browser.get(f"/letters/{letter}")).json()
    listed = (await browser.get("/responses?candidate=noor")).json()["items"]
    again = await browser.client.get(link("feedback_requested"))
    exported = (await browser.get("/candidates/noor/export", "admin")).text

    assert said["text"] == shown["words"] == whole["request"]["words"] == "Was it the second task?\nI was not sure."
    assert [r["text"] for r in listed] == [said["text"]]
    assert (whole["kind"], whole["state"], whole["request"]["concerns"]) == ("answer", "waiting", ["not_written"])
    assert "I was not sure." in again.text
    assert "I was not sure." in exported
    assert "second task" not in capfd.readouterr().out


@pytest.mark.parametrize("words", ["x" * 601, "<b>why</b>", "a\x00b"])
async def test_words_that_cannot_be_kept_are_shown_as_they_were_typed(halden_stage, browser, words):
    await a_told_candidate(halden_stage)

    page = await browser.client.post(link("disputed"), data={"words": words})

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert words[:3].replace("<", "&lt;")[:3] in page.text
    assert await halden_stage.said("candidate-responded") == []


async def test_an_answer_is_written_linted_released_and_stands_in_the_thread(halden_stage, browser, letterbox):
    task, letter = await asked_for(halden_stage, browser)
    [asked_about] = [m for m in letterbox.read() if "about your application" in m["Subject"]]
    letterbox.empty()

    early = await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    refused = await browser.put(f"/letters/{letter}/approval", {"decision": "refuse", "reason": "No."})
    await browser.put(f"/letters/{letter}/answer", {"text": "You are a great culture fit."})
    found = await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    seen = await browser.get(f"/letters/{letter}")
    written = await browser.client.put(
        f"/letters/{letter}/answer",
        json={"text": ANSWER},
        headers=browser.headers() | {"If-Match": seen.headers["etag"]},
    )
    stale = await browser.client.put(
        f"/letters/{letter}/answer",
        json={"text": "No."},
        headers=browser.headers() | {"If-Match": seen.headers["etag"]},
    )
    done = await browser.put(f"/tasks/{task}/done", {})
    released = await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    waiting = await open_requests(browser)
    await halden_stage.move_to("2026-11-23 10:30")

    assert [early.json()["code"], refused.json()["code"]] == ["answer-not-written", "request-ends-by-its-task"]
    assert (found.json()["code"], seen.json()["request"]["concerns"]) == ("letter-has-findings", ["culture_fit"])
    assert (written.status_code, stale.status_code) == (200, 412)
    assert (done.json()["code"], released.status_code, waiting) == (
        "request-needs-an-answer", 200, ["feedback_requested"],
    )  # fmt: skip
    [mail] = letterbox.read()
    assert (mail["In-Reply-To"], mail["References"]) == (asked_about["Message-ID"], asked_about["Message-ID"])
    assert mail["Subject"] == f"Re: {asked_about['Subject']}"
    text = body_of(mail)
    assert "You wrote: Was it the second task? I was not sure." in text
    assert "after the join. Nobody asked why. Ines" in text
    [told] = await halden_stage.said("request-answered")
    assert (told["text"], told["by"], told["letter"]) == (ANSWER, "ines", letter)
    assert await open_requests(browser) == []
    late = await browser.put(f"/letters/{letter}/answer", {"text": "More."})
    opened = await browser.put(f"/tasks/{task}/reopening", {})
    assert [late.json()["code"], opened.json()["code"]] == ["letter-not-waiting", "request-answered"]


async def test_without_a_letter_it_ends_for_a_reason_that_is_kept(halden_stage, browser, letterbox):
    task, letter = await asked_for(halden_stage, browser)
    letterbox.empty()

    ended = await browser.put(f"/tasks/{task}/done", {"reason": "We talked on the phone."})
    await halden_stage.move_to(OVERDUE)

    assert (ended.status_code, ended.json()["done_by"]) == (200, "ines")
    [told] = await halden_stage.said("request-answered")
    assert (told["reason"], told.get("letter"), told.get("text")) == ("We talked on the phone.", None, None)
    whole = (await browser.get(f"/letters/{letter}")).json()
    assert (whole["state"], whole["reason"]) == ("suppressed", "ended")
    late = await browser.put(f"/letters/{letter}/answer", {"text": "More."})
    assert late.json()["code"] == "letter-not-waiting"
    assert letterbox.read() == []
    assert [o for o in await halden_stage.said("answer-overdue") if o.get("response")] == []


async def test_who_ends_it_a_moment_later_finds_it_ended_and_changes_nothing(halden_stage, browser):
    task, _ = await asked_for(halden_stage, browser)
    first = RequestAnswered(
        response=task.partition(":")[2], candidate="noor", answered_at=at(ASKED), by="ines", reason="We talked."
    )

    async with halden_stage.turns.open(["acme"]) as turn:
        people = await lock_people(turn.conn, [("acme", "noor")])
        late = asyncio.create_task(browser.put(f"/tasks/{task}/done", {"reason": "No time."}, user="ben"))
        await done_or_blocked(halden_stage, late)
        await turn.say([Saying("acme", first)])
        await halden_stage.router.derive(turn, people)
    ended = await late

    assert (ended.status_code, ended.json()["done_by"]) == (200, "ines")
    [told] = await halden_stage.said("request-answered")
    assert (told["reason"], told["by"]) == ("We talked.", "ines")


async def test_what_is_on_its_way_is_not_ended_for_a_reason(halden_stage, browser, letterbox):
    task, letter = await asked_for(halden_stage, browser)
    await browser.put(f"/letters/{letter}/answer", {"text": ANSWER})
    await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    claims = halden_stage.post.sending.claims
    await halden_stage.move(at("2026-11-23 10:30"))
    await claims.claim(await claims.find(0.0), 0.0)

    ended = await browser.put(f"/tasks/{task}/done", {"reason": "Nobody had time."})

    assert (await browser.get(f"/letters/{letter}")).json()["state"] == "sending"
    assert (ended.status_code, ended.json()["code"]) == (409, "request-answered")
    assert await halden_stage.said("request-answered") == []


async def test_what_was_closed_by_a_click_in_an_earlier_release_can_be_asked_for_again(halden_stage, browser):
    task, _ = await asked_for(halden_stage, browser)
    await halden_stage.fetch("UPDATE tasks SET done_at = now(), done_by = 'ines' RETURNING 1")
    await halden_stage.fetch("DELETE FROM letters WHERE kind = 'answer' RETURNING 1")
    await halden_stage.move_to("2026-11-25 10:00")

    await browser.client.post(link("feedback_requested"), data={"words": WORDS})

    [listed] = (await browser.get("/tasks?kind=feedback_requested")).json()["items"]
    assert (listed["task"], listed["since"]) == (task, "2026-11-25T09:00:00Z")


async def overdue_of(stage, response: str) -> list[dict]:
    return [o for o in await stage.said("answer-overdue") if o.get("response") == response]


async def test_what_ended_for_a_reason_is_taken_up_again_and_is_owed_from_then_on(halden_stage, browser, letterbox):
    task, letter = await asked_for(halden_stage, browser)
    await browser.put(f"/tasks/{task}/done", {"reason": "We talked on the phone."})
    await halden_stage.move_to("2026-11-25 10:00")

    reopened = await browser.put(f"/tasks/{task}/reopening", {})
    again = await browser.put(f"/tasks/{task}/reopening", {})
    [said] = await halden_stage.said("request-answered")
    [listed] = (await browser.get("/tasks?kind=feedback_requested")).json()["items"]
    waits = (await browser.get("/waiting?owner=ines")).json()["items"]
    await halden_stage.move_to("2026-12-09 16:00")
    before = await overdue_of(halden_stage, said["response"])
    await halden_stage.move_to("2026-12-09 18:10")
    [broken] = await overdue_of(halden_stage, said["response"])

    assert [reopened.status_code, again.status_code] == [200, 200]
    assert (said["reopened_at"], said["reason"]) == ("2026-11-25T09:00:00Z", "We talked on the phone.")
    assert (listed["task"], listed["since"], listed["words"][:11]) == (task, "2026-11-25T09:00:00Z", "Was it the ")
    assert [(w["response"], w["since"], w["due_at"]) for w in waits] == [
        (said["response"], "2026-11-25T09:00:00Z", "2026-12-09T17:00:00Z")
    ]
    assert before == []
    assert broken["due_at"] == "2026-12-09T17:00:00Z"
    letterbox.empty()
    await browser.put(f"/letters/{letter}/answer", {"text": ANSWER})
    await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    await halden_stage.move_to("2026-12-10 10:00")
    assert len(letterbox.read()) == 1
    assert (await browser.put(f"/tasks/{task}/reopening", {})).json()["code"] == "request-answered"
    [kept] = await overdue_of(halden_stage, said["response"])
    assert (kept["overdue"], bool(kept["answered_at"])) == (broken["overdue"], True)


async def test_asked_again_after_it_ended_for_a_reason_it_is_asked_anew(halden_stage, browser):
    task, letter = await asked_for(halden_stage, browser)
    await browser.put(f"/tasks/{task}/done", {"reason": "We talked on the phone."})
    await halden_stage.move_to("2026-11-25 10:00")

    await browser.client.post(link("feedback_requested"), data={"words": WORDS})

    [listed] = (await browser.get("/tasks?kind=feedback_requested")).json()["items"]
    assert (listed["task"], listed["since"], listed["letter"]) == (task, "2026-11-25T09:00:00Z", letter)
    assert (await browser.get(f"/letters/{letter}")).json()["state"] == "waiting"


async def test_who_asked_stands_among_those_who_wait_until_the_answer_has_left(halden_stage, browser):
    _, letter = await asked_for(halden_stage, browser, kind="disputed")
    eve = {"user": "eve"}

    [row] = (await browser.get("/waiting")).json()["items"]
    by_due = (await browser.get("/waiting?order=due&missing=approval&job=su27-data")).json()["items"]
    managed = (await browser.get("/waiting", "hiring_manager", user="tomas")).json()["items"]
    others = (await browser.get("/waiting", "hiring_manager", **eve)).json()["items"]
    totals = (await browser.get("/waiting/totals")).json()["items"]
    work = (await browser.get("/work")).json()
    await browser.put(f"/letters/{letter}/answer", {"text": ANSWER})
    await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    [leaving] = (await browser.get("/waiting")).json()["items"]
    await halden_stage.move_to("2026-11-24 10:00")

    assert (row["asked"], row["missing"], row["letter"], row["owner"]) == ("disputed", "approval", letter, "ines")
    assert (row["candidate"], row["application"], row["job"]) == ("noor", "noor-1", "su27-data")
    assert (row["since"], row["due_at"], row["overdue"]) == ("2026-11-23T09:00:00Z", "2026-12-07T17:00:00Z", False)
    assert (by_due, managed, others) == ([row], [row], [])
    assert totals == [{"owner": "ines", "waiting": 1, "overdue": 0}]
    assert (work["waiting"], work["overdue"]) == (1, 0)
    assert (leaving["missing"], leaving["asked"]) == ("delivery", "disputed")
    assert (await browser.get("/waiting")).json()["items"] == []


async def test_what_nobody_answers_in_ten_business_days_is_said_and_said_again_once_it_is(halden_stage, browser):
    _, letter = await asked_for(halden_stage, browser, kind="disputed")
    response = (await browser.get(f"/letters/{letter}")).json()["about"]

    await halden_stage.move_to("2026-12-07 16:00")
    before = await overdue_of(halden_stage, response)
    await halden_stage.move_to(OVERDUE)
    [broken] = await overdue_of(halden_stage, response)
    await browser.put(f"/letters/{letter}/answer", {"text": ANSWER})
    await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    await halden_stage.move_to("2026-12-08 10:00")
    [kept] = await overdue_of(halden_stage, response)

    assert before == []
    assert (broken["owner"], broken["application"], broken.get("answered_at")) == ("ines", "noor-1", None)
    assert kept["overdue"] == broken["overdue"]
    assert kept["answered_at"]


async def test_asked_again_after_the_answer_it_is_another_letter_and_the_same_again_is_nothing(
    halden_stage, browser, letterbox
):
    _, letter = await answered(halden_stage, browser)
    letterbox.empty()
    await halden_stage.move_to("2026-11-24 10:05")

    await browser.client.post(link("feedback_requested"), data={"words": "And the third?"})
    first = (await browser.get("/tasks?kind=feedback_requested")).json()["items"]
    await browser.client.post(link("feedback_requested"), data={"words": "And the third?"})
    second = (await browser.get("/tasks?kind=feedback_requested")).json()["items"]

    [task] = first
    assert (first, task["words"]) == (second, "And the third?")
    assert task["letter"] != letter
    await browser.put(f"/letters/{task['letter']}/answer", {"text": "The third was right. Ines"})
    await browser.put(f"/letters/{task['letter']}/approval", {"decision": "approve"})
    await halden_stage.move_to("2026-11-24 10:30")
    [mail] = letterbox.read()
    assert "The third was right." in body_of(mail)
    [told] = await halden_stage.said("request-answered")
    assert told["letter"] == task["letter"]


async def test_approving_a_whole_job_leaves_an_unwritten_answer_alone(halden_stage, browser):
    await asked_for(halden_stage, browser)

    at_once = await browser.put("/jobs/su27-data/approvals", {"expected": 0})

    assert (at_once.json()["approved"], len(at_once.json()["left"])) == (0, 1)


async def test_nothing_of_it_outlives_its_person(halden_stage, browser):
    _, letter = await asked_for(halden_stage, browser)
    await browser.put(f"/letters/{letter}/answer", {"text": ANSWER})

    await halden_stage.deliver(heard(CandidateErased(candidate="noor", erased_at=at("2026-11-23 10:00"))))

    for table in ("letters", "edits", "tasks", "asked_waits", "facts"):
        rows = await halden_stage.fetch(f"SELECT * FROM {table}")  # noqa: S608 - names of tables
        assert "second task" not in str(rows), table
