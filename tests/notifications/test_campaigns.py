"""Campaigns: everyone who shares a development point hears once, by the contact policy; the dry run says whom."""

import pytest

from shared.contracts import (
    ApplicationSubmitted,
    CandidateErased,
    CandidateMerged,
    CandidateResponded,
    ErasureRequested,
    OutreachBounced,
    OutreachSent,
    Stream,
    letter_id,
)
from tests.heard import Heard
from tests.notifications.facts import applied, at, consent, decided, halden, heard, ines, job, profile
from tests.notifications.sentences import COMPETENCIES, OURS, started, suggested

pytestmark = pytest.mark.db

SENT, ASKED = at("2026-11-16 08:00"), at("2026-11-17 10:00")
START = {"competency": "sql", "expected": 1}
EVENING = {"title": "an evening about SQL", "text": "Two of us show how they find a slow query.", "language": "en"}


def sent(candidate: str, kind: str, about: str, stream: str = "nurture", when=SENT) -> Heard:
    """Our own word that a letter left the house."""
    letter = letter_id("acme", kind, about, candidate, 1)
    event = OutreachSent(
        outreach=letter, candidate=candidate, stream=Stream(stream), kind=kind, template_version="1", language="en",
        message_id=f"<{letter}@mail.halden.example>",
    )  # fmt: skip
    return Heard(event, when, source=OURS)


def bounced(candidate: str, kind: str, about: str) -> Heard:
    letter = letter_id("acme", kind, about, candidate, 1)
    event = OutreachBounced(outreach=letter, candidate=candidate, stream="duty", kind=kind, bounce="hard")
    return Heard(event, at("2026-11-17 09:00"), source=OURS)


def told(candidate: str, *competencies: str, when=SENT, **more) -> list[Heard]:
    """Somebody whose letter left on Monday the 16th and suggested something about these competencies."""
    return [
        profile(candidate, **more),
        applied(candidate),
        decided(candidate),
        suggested(candidate, *(competencies or ("sql",))),
        sent(candidate, "decision", f"{candidate}-1", "duty", when),
    ]


def asked(candidate: str, **more) -> Heard:
    """They want to be kept in touch with."""
    return consent(candidate, more.pop("given_at", ASKED), purpose="keep_in_touch", **more)


def unsubscribed(candidate: str, when: str) -> Heard:
    return heard(CandidateResponded(response="u1", candidate=candidate, responded_at=at(when), kind="unsubscribed"))


def merged(surviving: str, *others: str) -> Heard:
    return heard(CandidateMerged(surviving=surviving, merged=others, merged_at=at("2026-11-18 10:00")))


async def on_tuesday(stage, *facts: Heard, mode: str = "live", **more) -> None:
    """Halden with these people on Tuesday the 24th at ten."""
    await stage.move_to("2026-11-24 10:00")
    await stage.deliver(halden(mode), ines(), job(competencies=COMPETENCIES, cycle="Summer 2027", **more), *facts)
    await stage.move_to("2026-11-24 10:00")


async def campaigns(stage, about: str = "sql-evening") -> list[str]:
    """Whom it is for, and the state of each letter."""
    rows = await stage.fetch("SELECT * FROM letters WHERE kind = 'campaign' AND about = $1 ORDER BY recipient", about)
    return [f"{r['recipient']} {r['state']}" + (f"({r['reason']})" if r["reason"] else "") for r in rows]


async def test_the_dry_run_says_who_and_why_not(halden_stage, browser):
    elsewhere = ApplicationSubmitted(application="hanna-2", candidate="hanna", submitted_at=ASKED)
    await on_tuesday(
        halden_stage,
        *told("amara"), asked("amara"),
        *told("diego"), asked("diego"), sent("diego", "survey", "diego-1", when=at("2026-11-17 08:00")),
        *told("hanna"), asked("hanna"), heard(elsewhere),
        *told("mei", timezone="America/Los_Angeles"), asked("mei"),
        *told("noor"),
        *told("priya"), asked("priya"), sent("priya", "pool_invitation", "data"),
        bounced("priya", "pool_invitation", "data"),
        *told("ruth"), asked("ruth"), unsubscribed("ruth", "2026-11-18 10:00"),
        *told("other", "python"), asked("other"),
        *told("lost"), asked("lost"), bounced("lost", "decision", "lost-1"),
        profile("untold"), applied("untold"), suggested("untold", "sql"), asked("untold"),
        decided("untold", decided_at=at("2026-11-24 09:00")),
    )  # fmt: skip

    found = (await browser.get("/campaigns/preview?competency=sql")).json()

    assert (found["mode"], found["count"], found["cursor"]) == ("live", 2, None)
    assert [(x["candidate"], x["send_at"]) for x in found["items"] if x["send_at"]] == [
        ("amara", "2026-11-24T09:00:00Z"),
        ("mei", "2026-11-24T16:00:00Z"),  # eight in the morning there
    ]
    assert {x["candidate"]: (x["reason"], x["until"]) for x in found["items"] if x["reason"]} == {
        "diego": ("cap", "2026-12-17T07:00:00Z"),
        "hanna": ("open_application", None),
        "noor": ("no_consent", None),
        "priya": ("bounced", None),
        "ruth": ("unsubscribed", None),
    }
    assert found["reasons"] == {"bounced": 1, "cap": 1, "no_consent": 1, "open_application": 1, "unsubscribed": 1}
    assert await campaigns(halden_stage) == []


async def test_only_auditors_are_shown_whoever_asked_to_be_forgotten(halden_stage, browser):
    gone = heard(ErasureRequested(candidate="noor", requested_at=at("2026-11-20 10:00"), by="platform"))
    await on_tuesday(halden_stage, *told("amara"), asked("amara"), *told("noor"), asked("noor"), gone)
    address = "/campaigns/preview?competency=sql"

    recruiter, auditor = (await browser.get(address)).json(), (await browser.get(address, "auditor")).json()

    assert (recruiter["count"], recruiter["reasons"], len(recruiter["items"])) == (1, {}, 1)
    assert (auditor["count"], auditor["reasons"]) == (1, {"restricted": 1})


async def test_it_is_sent_once_in_spite_of_two_posts_and_a_second_start(halden_stage, letterbox, browser):
    from services.notifications.post.running import Post

    await on_tuesday(halden_stage, *told("amara"), asked("amara"), *told("noor"))
    begin = START | EVENING | {"url": "https://halden.example/evenings"}

    first = await browser.put("/campaigns/sql-evening", begin)
    other_post = Post(halden_stage.runtime, halden_stage.settings)
    await halden_stage.drain.exhaust()
    await other_post.run_due()
    await halden_stage.move_to("2026-11-24 10:05")
    again = await browser.put("/campaigns/sql-evening", begin | {"expected": 7})
    await halden_stage.move_to("2026-12-01 10:00")
    await other_post.close()

    assert (first.status_code, again.status_code) == (201, 200)
    assert await campaigns(halden_stage) == ["amara sent", "noor suppressed(no_consent)"]
    [mail] = letterbox.read()
    assert (mail["To"], mail["Subject"]) == ("Amara <amara@mail.example>", "Halden: an evening about SQL")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()
    assert "* Halden: Two of us show how they find a slow query." in text
    assert "* Suggestion: Read about sql." in text
    assert "what we look for: joins that hold" in text
    assert "https://halden.example/evenings" in text
    assert "http://candidates.example/me/" in text
    shown = again.json()
    assert (shown["sent"], shown["waiting"], shown["suppressed"]) == (1, 0, {"no_consent": 1})
    assert (shown["by"], shown["started_at"]) == ("ines", "2026-11-24T09:00:00Z")
    assert len(await halden_stage.said("campaign-started")) == 1


async def test_words_in_another_language_are_marked(halden_stage, letterbox, browser):
    await on_tuesday(halden_stage, *told("amara", language="fr"), asked("amara"))

    await browser.put("/campaigns/sql-evening", START | {"text": "Wir treffen uns um sechs.", "language": "de"})
    await halden_stage.move_to("2026-11-24 10:05")

    [mail] = letterbox.read()
    page = mail.get_body(("html",)).get_content()
    assert (mail["Subject"], mail["Content-Language"]) == ("Halden\u202f: pour aller plus loin, SQL", "fr")
    assert '<span lang="de">Wir treffen uns um sechs.' in page
    assert '<span lang="en">Read about sql.' in page


async def test_another_number_starts_nothing(halden_stage, browser):
    await on_tuesday(halden_stage, *told("amara"), asked("amara"))

    refused = await browser.put("/campaigns/sql-evening", START | {"expected": 2})

    assert (refused.status_code, refused.json()["code"]) == (409, "another-number")
    assert (await browser.get("/campaigns/sql-evening")).status_code == 404
    assert await halden_stage.said("campaign-started") == []


async def test_what_was_started_never_changes(halden_stage, browser):
    await on_tuesday(halden_stage, *told("amara"), asked("amara"))
    await browser.put("/campaigns/sql-evening", START | EVENING)

    other = await browser.put("/campaigns/sql-evening", START | EVENING | {"title": "another evening"})

    assert (other.status_code, other.json()["code"]) == (409, "campaign-already-started")
    assert [c["title"] for c in (await browser.get("/campaigns")).json()["items"]] == ["an evening about SQL"]


async def test_words_that_the_lint_finds_start_nothing(halden_stage, browser):
    await on_tuesday(halden_stage, *told("amara"), asked("amara"))
    promise = {"text": "Come, and you will certainly get an offer from our young team.", "language": "en"}

    refused = await browser.put("/campaigns/sql-evening", START | promise)

    assert (refused.status_code, refused.json()["code"]) == (409, "campaign-has-findings")
    assert "protected" in {f["code"] for f in refused.json()["findings"]}
    assert await halden_stage.said("campaign-started") == []


@pytest.mark.parametrize(
    ("text", "language", "code", "found"),
    [
        ("We only invite women under 25.", "en", "campaign-has-findings", "protected"),
        ("INES CALDER will be there.", "en", "campaign-has-findings", "name"),
        ("Tervetuloa iltaan.", "fi", "campaign-language-unknown", None),
    ],
)
async def test_what_no_letter_says_no_campaign_says(halden_stage, browser, text, language, code, found):
    await on_tuesday(halden_stage, ines(), *told("amara"), asked("amara"))

    refused = await browser.put("/campaigns/sql-evening", START | {"text": text, "language": language})

    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert [f["code"] for f in refused.json().get("findings", ())] == ([found] if found else [])
    assert await halden_stage.said("campaign-started") == []


async def test_the_cap_holds_until_its_day_and_a_campaign_that_waited_too_long_is_let_go(halden_stage, letterbox):
    month_ago, week_ago = at("2026-11-05 08:00"), at("2026-11-17 08:00")
    await on_tuesday(
        halden_stage,
        *told("amara"), asked("amara"), sent("amara", "survey", "x", when=month_ago),
        *told("noor"), asked("noor"), sent("noor", "survey", "x", when=week_ago),
    )  # fmt: skip

    await halden_stage.deliver(started())
    await halden_stage.move_to("2026-11-24 10:05")
    before = await campaigns(halden_stage)
    await halden_stage.move_to("2026-12-07 08:00")  # a Monday, 32 days after
    await halden_stage.move_to("2026-12-18 08:00")

    assert before == ["amara suppressed(cap)", "noor suppressed(cap)"]
    assert [mail["To"] for mail in letterbox.read()] == ["Amara <amara@mail.example>"]
    assert await campaigns(halden_stage) == ["amara sent", "noor suppressed(stale)"]
    assert await halden_stage.tasks() == []


async def test_two_at_one_mailbox_are_written_to_one_after_the_other(halden_stage, letterbox, browser):
    both = {"email": "both@mail.example"}
    await on_tuesday(halden_stage, *told("amara", **both), asked("amara"), *told("noor", **both), asked("noor"))

    shown = (await browser.get("/campaigns/preview?competency=sql")).json()
    await browser.put("/campaigns/sql-evening", START)
    await halden_stage.move_to("2026-11-24 10:05")

    assert ([x["candidate"] for x in shown["items"] if x["send_at"]], shown["reasons"]) == (["amara"], {"cap": 1})
    assert len(letterbox.read()) == 1


async def test_merged_people_are_found_and_written_to_once(halden_stage, letterbox, browser):
    await on_tuesday(
        halden_stage, *told("amara"), *told("amara-2", "sql", "python"), asked("amara-2"), merged("amara", "amara-2")
    )

    shown = (await browser.get("/campaigns/preview?competency=sql")).json()
    points = (await browser.get("/development-points")).json()["items"]
    await browser.put("/campaigns/sql-evening", START)
    await halden_stage.move_to("2026-11-24 10:05")

    assert [x["candidate"] for x in shown["items"] if x["send_at"]] == ["amara"]
    assert points == [
        {"competency": "python", "people": 1, "name": "Python"}, {"competency": "sql", "people": 1, "name": "SQL"}
    ]  # fmt: skip
    assert len(letterbox.read()) == 1
    assert await campaigns(halden_stage) == ["amara sent"]


async def test_whoever_unsubscribes_or_is_erased_hears_nothing_of_it(halden_stage, letterbox):
    people = [f for name in ("amara", "noor", "ruth") for f in (*told(name, timezone="Asia/Tokyo"), asked(name))]
    await on_tuesday(halden_stage, *people)
    await halden_stage.move_to("2026-11-24 13:00")  # night in Tokyo

    await halden_stage.deliver(started(started_at=at("2026-11-24 13:00")))
    planned = await campaigns(halden_stage)
    gone = heard(CandidateErased(candidate="noor", erased_at=at("2026-11-24 13:00")))
    await halden_stage.deliver(unsubscribed("amara", "2026-11-24 13:00"), gone)
    await halden_stage.move_to("2026-11-25 10:00")

    assert planned == ["amara planned", "noor planned", "ruth planned"]
    assert await campaigns(halden_stage) == ["amara suppressed(unsubscribed)", "ruth sent"]
    assert [mail["To"] for mail in letterbox.read()] == ["Ruth <ruth@mail.example>"]


async def test_history_and_whoever_is_told_later_are_no_part_of_it(halden_stage, letterbox):
    past = [Heard(f.event, f.at, source=f.source, historical=True) for f in (suggested("noor", "sql"),)]
    noor = [f for f in told("noor") if f.event.topic != "feedback-released"]
    await on_tuesday(halden_stage, *told("amara"), asked("amara"), *noor, *past, asked("noor"))

    await halden_stage.deliver(started(historical=True), started("later"))
    await halden_stage.move_to("2026-11-24 11:00")
    await halden_stage.deliver(*told("ruth", when=at("2026-11-24 11:00")), asked("ruth"))
    await halden_stage.move_to("2026-11-24 12:00")

    assert await campaigns(halden_stage) == []
    assert await campaigns(halden_stage, "later") == ["amara sent"]
    assert len(letterbox.read()) == 1


async def test_in_shadow_nothing_leaves_and_in_approve_it_needs_nobody(halden_stage, letterbox):
    await on_tuesday(halden_stage, *told("amara"), asked("amara"), mode="shadow")

    await halden_stage.deliver(started())
    await halden_stage.move_to("2026-11-24 10:05")
    shadow = await campaigns(halden_stage)
    approving = Heard(halden("approve").event, at("2026-11-24 10:10"), id="approve")
    await halden_stage.deliver(approving, started("next", started_at=at("2026-11-24 10:05")))
    await halden_stage.move_to("2026-11-24 10:15")

    assert shadow == ["amara suppressed(shadow)"]
    assert await campaigns(halden_stage) == ["amara suppressed(shadow)"]
    assert await campaigns(halden_stage, "next") == ["amara sent"]
    assert len(letterbox.read()) == 1


async def test_development_points_are_counted_by_job_and_cycle_the_most_common_first(halden_stage, browser):
    gone = heard(ErasureRequested(candidate="ruth", requested_at=at("2026-11-20 10:00"), by="platform"))
    await on_tuesday(
        halden_stage,
        *told("amara", "sql", "python"), *told("noor", "sql"), *told("diego", "talk"),
        *told("ruth", "talk"), gone,
        *told("lost", "talk"), bounced("lost", "decision", "lost-1"),
        suggested("untold", "talk"),
    )  # fmt: skip

    def pairs(answer) -> list[tuple[str, int]]:
        return [(p["competency"], p["people"]) for p in answer.json()["items"]]

    everything = pairs(await browser.get("/development-points"))
    page = (await browser.get("/development-points?limit=1")).json()
    following = pairs(await browser.get(f"/development-points?limit=1&cursor={page['cursor']}"))

    assert everything == [("sql", 2), ("python", 1), ("talk", 1)]
    assert [p["name"] for p in page["items"]] == ["SQL"]
    assert following == [("python", 1)]
    assert pairs(await browser.get("/development-points?job=su27-data&cycle=Summer 2027")) == everything
    assert pairs(await browser.get("/development-points?job=ws27-ae")) == []
    assert pairs(await browser.get("/development-points", "hiring_manager", user="tomas")) == everything
    assert pairs(await browser.get("/development-points", "hiring_manager", user="eve")) == []
    refused = await browser.get("/development-points?job=su27-data", "hiring_manager", user="eve")
    assert refused.json()["code"] == "not-your-job"
    assert pairs(await browser.get("/development-points?cycle=Winter 2027")) == []
    for competency, people in everything:
        asked_of = f"/campaigns/preview?competency={competency}&job=su27-data&cycle=Summer 2027"
        assert sum((await browser.get(asked_of)).json()["reasons"].values()) == people
    assert (await browser.get("/campaigns/preview?competency=sql&cycle=Winter 2027")).json()["reasons"] == {}
