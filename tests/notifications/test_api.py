"""What people, programs and mail scanners ask and say over HTTP."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from services.notifications.domain.organizations import OrganizationSettings
from services.notifications.domain.records import RecipientRecord
from services.notifications.domain.tasks import REFUSED_WITHIN, sending_refused
from services.notifications.main import SERVICE
from services.notifications.post.running import Post
from services.notifications.sql.letters import save_common_task
from services.notifications.sql.pauses import pause, resume
from shared.contracts import Purpose, match_id
from shared.running.runtime import Runtime
from shared.web.links import Links
from tests.browser import Browser, asking, given_by_issuer
from tests.heard import Heard
from tests.notifications.conftest import settings_of
from tests.notifications.facts import (
    accepted,
    applied,
    at,
    completed,
    consent,
    decided,
    halden,
    ines,
    job,
    matched,
    profile,
)

pytestmark = pytest.mark.db

LINKS = Links("l" * 32)
MATCH = match_id("amara", "ws27-ae")
UNSUBSCRIBE = f"/unsubscribe/{LINKS.sign('unsubscribe', 'acme', 'amara', None)}"
ANSWER = f"/answer/{LINKS.sign('answer', 'acme', f'amara/{MATCH}', at('2027-01-20 09:00'))}"


@pytest.fixture
async def browser(halden_stage, addresses, letterbox, tmp_path) -> AsyncIterator[Browser]:
    """The service's routes on the database of the stage; its parts are not started."""
    settings = settings_of(addresses.url, letterbox.mail.url, **given_by_issuer(tmp_path))
    runtime = Runtime("notifications", settings, halden_stage.database, SERVICE.router, SERVICE.schedule)
    runtime.post = Post(runtime, settings)
    async with asking(runtime, SERVICE, tmp_path) as somebody:
        yield somebody
    await runtime.post.close()


@pytest.fixture
async def waiting(halden_stage) -> str:
    """The id of Amara's letter, which waits for an approval; Noor waits for a decision."""
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(halden("approve"), ines(), job(), profile("amara"), applied("amara"), decided("amara"))
    await halden_stage.deliver(profile("noor"), applied("noor"), completed("noor"))
    row = await halden_stage.letter("decision", "amara-1")
    return row["letter"]


@pytest.fixture
async def proposed(halden_stage) -> SimpleNamespace:
    """Amara was invited to the next job this morning."""
    await halden_stage.move_to("2026-11-23 10:05")
    await halden_stage.deliver(halden(), ines(), job("ws27-ae", title="Working Student"), profile("amara"))
    await halden_stage.deliver(consent("amara", at("2026-11-17 10:00")), matched("amara"), accepted("amara"))
    return SimpleNamespace(stage=halden_stage)


async def responses(stage) -> list[tuple[str, str]]:
    return [(r["candidate"], r["kind"]) for r in await stage.said("candidate-responded")]


async def test_a_letter_that_waits_is_approved_once_and_leaves_at_its_hour(browser, halden_stage, waiting, letterbox):
    path = f"/letters/{waiting}/approval"

    first = await browser.put(path, {"decision": "approve"})
    again = await browser.put(path, {"decision": "approve"})
    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = [m for m in letterbox.read() if m["To"].startswith("Amara")]
    assert mail["Message-ID"] == f"<{waiting}@mail.halden.example>"
    assert (first.status_code, first.json()["state"], first.json()["decided_by"]) == (200, "planned", "ines")
    assert again.json() == first.json()
    shown = (await browser.get(f"/letters/{waiting}")).json()
    assert shown["state"] == "sent"
    assert "Subject: Halden: about your application" in shown["mail"]
    assert ("/eyJ" in str(mail.get_body(("plain",)).get_content()), "/eyJ" in shown["mail"]) == (True, False)


async def test_a_refused_letter_says_why_and_by_whom(browser, waiting):
    await browser.put(f"/letters/{waiting}/approval", {"decision": "refuse", "reason": "I call her myself."})

    shown = (await browser.get(f"/letters/{waiting}")).json()
    assert (shown["state"], shown["reason"]) == ("suppressed", "refused")
    assert shown["approval"] == {"decision": "refuse", "reason": "I call her myself.", "not_before": None}


async def test_a_letter_that_does_not_wait_cannot_be_approved(browser, halden_stage, waiting):
    await browser.put(f"/letters/{waiting}/approval", {"decision": "refuse"})

    refused = await browser.put(f"/letters/{waiting}/approval", {"decision": "approve"})
    unknown = await browser.put("/letters/nobody/approval", {"decision": "approve"})
    wrong = await browser.put(f"/letters/{waiting}/approval", {"decision": "perhaps"})

    assert (refused.status_code, refused.json()["code"]) == (409, "letter-not-waiting")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "letter-not-found")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/decision")


async def test_a_hiring_manager_approves_for_their_own_jobs_only(browser, waiting):
    path = f"/letters/{waiting}/approval"

    stranger = await browser.put(path, {"decision": "approve"}, "hiring_manager", user="eve")
    own = await browser.put(path, {"decision": "approve"}, "hiring_manager", user="tomas")

    assert (stranger.status_code, stranger.json()["code"]) == (403, "not-your-job")
    assert own.status_code == 200


async def test_letters_are_listed_by_state_and_candidate_page_by_page(browser, halden_stage, waiting):
    await halden_stage.deliver(profile("tom"), applied("tom"), decided("tom"))

    first = (await browser.get("/letters?state=waiting&limit=1")).json()
    second = (await browser.get(f"/letters?state=waiting&limit=1&cursor={first['cursor']}")).json()
    of_tom = (await browser.get("/letters?candidate=tom")).json()["items"]

    assert {first["items"][0]["recipient"], second["items"][0]["recipient"]} == {"amara", "tom"}
    assert [x["recipient"] for x in of_tom] == ["tom"]


async def test_everyone_who_waits_is_listed_with_whom_they_wait_for(browser, waiting):
    first = (await browser.get("/waiting?limit=1")).json()
    second = (await browser.get(f"/waiting?limit=1&cursor={first['cursor']}")).json()

    [noor], [amara] = first["items"], second["items"]
    assert (noor["candidate"], noor["missing"], noor["owner"]) == ("noor", "decision", "ines")
    assert (amara["candidate"], amara["missing"], amara["owner"]) == ("amara", "approval", "ines")
    assert amara["letter"] == waiting
    assert (amara["due_at"], amara["overdue"]) == ("2026-11-20T17:00:00Z", False)
    of_ines = (await browser.get("/waiting?owner=ines&job=su27-data")).json()["items"]
    assert [w["candidate"] for w in of_ines] == ["noor", "amara"]
    assert (await browser.get("/waiting?owner=eve")).json()["items"] == []


@pytest.mark.parametrize("cursor", ["%25", "bm9uc2Vuc2U=", "WyIyMDI2LTExLTIzIl0=", "WzFd"])
async def test_a_cursor_that_is_not_ours_is_refused(browser, waiting, cursor):
    refused = await browser.get(f"/waiting?cursor={cursor}")

    assert (refused.status_code, refused.json()["code"]) == (422, "cursor-invalid")


async def test_a_task_is_done_once(browser, halden_stage, waiting):
    await halden_stage.move_to("2026-12-01 09:00")
    [task, *_] = (await browser.get("/tasks")).json()["items"]

    done = await browser.put(f"/tasks/{task['task']}/done", {})
    again = await browser.put(f"/tasks/{task['task']}/done", {}, user="eve")

    assert (task["kind"], task["owner"]) == ("stale_letter", "ines")
    assert done.json()["done_by"] == again.json()["done_by"] == "ines"
    left = (await browser.get("/tasks")).json()["items"]
    assert task["task"] not in [t["task"] for t in left]
    assert (await browser.put("/tasks/stale_letter:x/done", {})).status_code == 404


async def test_a_task_about_nobody_in_particular_is_shown_and_done(browser, halden_stage, waiting):
    record = RecipientRecord(OrganizationSettings("acme", "Halden", reply_person="ines"), "amara", ("amara",))
    async with halden_stage.database.transaction("*") as conn:
        await save_common_task(conn, sending_refused(record, at("2026-11-23 09:00")), 0, REFUSED_WITHIN)

    shown = [t for t in (await browser.get("/tasks")).json()["items"] if t["kind"] == "sending_refused"]
    done = await browser.put("/tasks/sending_refused:mail/done", {})

    assert [(t["candidate"], t["owner"]) for t in shown] == [(None, "ines")]
    assert (done.status_code, done.json()["done_by"]) == (200, "ines")


async def test_a_pause_holds_letters_back_until_it_ends(browser, halden_stage, waiting, letterbox):
    await browser.put(f"/letters/{waiting}/approval", {"decision": "approve"})

    paused = await browser.put("/outreach/pause", {"paused": True}, "admin")
    await halden_stage.move_to("2026-11-16 09:00")
    before = len(letterbox.read())
    resumed = await browser.put("/outreach/pause", {"paused": False}, "admin")
    await halden_stage.move_to("2026-11-16 09:01")

    assert (paused.json()["paused"], resumed.json()) == (True, {"paused": False, "since": None})
    assert (before, len(letterbox.read())) == (0, 2)  # Amara's, and what happens next for Noor


async def test_an_operator_holds_everyones_letters_back(browser, halden_stage, waiting, letterbox):
    await browser.put(f"/letters/{waiting}/approval", {"decision": "approve"})
    async with halden_stage.database.transaction("*") as conn:
        await pause(conn, "*", "operator", at("2026-11-13 17:00"))
    await halden_stage.move_to("2026-11-16 09:00")
    before = len(letterbox.read())

    async with halden_stage.database.transaction("*") as conn:
        await resume(conn, "*")
    await halden_stage.move_to("2026-11-16 09:01")

    assert (before, len(letterbox.read())) == (0, 2)


@pytest.mark.parametrize("path", [UNSUBSCRIBE, ANSWER])
async def test_example_19_a_scanner_that_follows_links_changes_nothing(browser, proposed, path):
    before = await proposed.stage.fetch("SELECT topic, fact, time FROM facts ORDER BY 1, 2")

    answers = [await browser.client.get(path) for _ in range(3)]

    assert {a.status_code for a in answers} == {200}
    assert await proposed.stage.fetch("SELECT topic, fact, time FROM facts ORDER BY 1, 2") == before
    assert '<form method="post">' in answers[0].text


async def test_example_19_one_click_is_effective_before_the_answer_without_a_cookie(browser, proposed, letterbox):
    answer = await browser.client.post(UNSUBSCRIBE, data={"List-Unsubscribe": "One-Click"})
    again = await browser.client.post(UNSUBSCRIBE, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, again.status_code) == (200, 200)
    assert "set-cookie" not in answer.headers
    assert await responses(proposed.stage) == [("amara", "unsubscribed")]
    assert await proposed.stage.letters() == {"job_invitation/ws27-ae/1": "suppressed(unsubscribed)"}
    await proposed.stage.move_to("2026-11-24 10:00")
    assert letterbox.read() == []


async def test_example_19_whoever_reads_at_the_same_address_is_unsubscribed_too(browser, proposed):
    other = profile("amara-b", email="AMARA@mail.example")
    await proposed.stage.deliver(other)

    await browser.client.post(UNSUBSCRIBE)

    assert {*await responses(proposed.stage)} == {("amara", "unsubscribed"), ("amara-b", "unsubscribed")}


async def test_unsubscribing_ends_a_yes_too_that_a_platform_dates_later(browser, proposed):
    ahead = at("2026-11-23 10:14")
    await proposed.stage.deliver(consent("amara", ahead, purpose=Purpose.TALENT_POOL))

    await browser.client.post(UNSUBSCRIBE)

    assert await proposed.stage.letters() == {"job_invitation/ws27-ae/1": "suppressed(unsubscribed)"}


async def test_duty_reaches_whoever_unsubscribed_and_a_new_consent_ends_it(browser, proposed, letterbox):
    stage = proposed.stage
    await browser.client.post(UNSUBSCRIBE)

    await stage.move_to("2026-11-24 10:00")
    await stage.deliver(consent("amara", at("2026-11-24 09:59"), purpose=Purpose.TALENT_POOL))
    await stage.move_to("2026-11-24 10:01")

    assert await stage.letters() == {"job_invitation/ws27-ae/1": "sent"}
    assert len(letterbox.read()) == 1


async def test_interested_reaches_a_person(browser, proposed):
    first = await browser.client.post(ANSWER, data={"answer": "interested"})
    again = await browser.client.post(ANSWER, data={"answer": "interested"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert "Working Student" in first.text
    assert await responses(proposed.stage) == [("amara", "interested")]
    assert await proposed.stage.tasks() == ["interested"]


async def test_not_now_pauses_for_half_a_year(browser, proposed):
    await browser.client.post(ANSWER, data={"answer": "not_now"})

    row = await proposed.stage.letter("job_invitation", "ws27-ae")
    assert (row["state"], row["reason"]) == ("suppressed", "not_now")
    assert row["until"].date().isoformat() == "2027-05-23"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/unsubscribe/nonsense", 404),
        (f"/unsubscribe/{LINKS.sign('pool', 'acme', 'amara', None)}", 404),
        (f"/unsubscribe/{LINKS.sign('unsubscribe', 'globex', 'amara', None)}", 404),
        (f"/answer/{LINKS.sign('answer', 'acme', f'amara/{MATCH}', at('2026-11-20 09:00'))}", 410),
    ],
)
async def test_a_link_that_does_not_open_says_so_and_changes_nothing(browser, proposed, path, status):
    shown = await browser.client.get(path)
    pressed = await browser.client.post(path, data={"answer": "interested"})

    assert (shown.status_code, pressed.status_code) == (status, status)
    assert await responses(proposed.stage) == []


async def test_another_tenant_sees_nothing(browser, halden_stage, waiting):
    await halden_stage.move_to("2026-12-01 09:00")  # there are tasks now

    lists = [(await browser.get(p, "admin", organization="globex")).json() for p in ("/letters", "/tasks", "/waiting")]
    one = await browser.get(f"/letters/{waiting}", "admin", organization="globex")
    approval = await browser.put(
        f"/letters/{waiting}/approval", {"decision": "approve"}, "admin", organization="globex"
    )

    assert [next(iter(x.values())) for x in lists] == [[], [], []]
    assert (one.status_code, approval.status_code) == (404, 404)


async def test_a_batch_of_another_tenant_leaves_this_ones_letters_alone(halden_stage, waiting):
    facts = [Heard(f.event, f.at, "globex", f.id) for f in (profile("amara"), applied("amara"), decided("amara"))]

    await halden_stage.deliver(*facts)

    rows = await halden_stage.fetch("SELECT organization, state FROM letters WHERE kind = 'decision' ORDER BY 1")
    assert [(r["organization"], r["state"]) for r in rows] == [("acme", "waiting"), ("globex", "planned")]
