"""What candidates agree to, take along and have erased on their page, and what it never shows."""

import json
import re
from datetime import timedelta

import pytest

from services.candidates.api.consent_texts import wordings
from services.candidates.domain.consent import answers
from services.candidates.sql.page import TOPICS
from shared.contracts import BY_TOPIC, Purpose
from shared.web.translation import LANGUAGES
from tests.candidates.pages import configured, link, released, responded, sent, text_of, yes
from tests.candidates.sentences import (
    AMARA,
    NOW,
    an_interviewed_candidate,
    applied,
    consented,
    feedback,
    later,
    noor,
    opened,
    registered,
)


async def test_what_they_agree_to_is_kept_with_its_version_and_language(stage, browser):
    await stage.deliver(configured(), opened(), *an_interviewed_candidate("ana", "yes", rated=AMARA[:1]))
    await stage.deliver(later(registered("ana", language="de-AT", email="ana@example.org"), 1))

    page = await browser.client.post(link("ana"), data=yes(Purpose.KEEP_IN_TOUCH, "de"))

    assert "Ihre Antwort ist gespeichert." in page.text
    assert "höchstens vier Mails im Jahr" in page.text
    [kept] = await stage.said("consent-changed")
    assert (kept["purpose"], kept["granted"], kept["text_version"], kept["language"], kept["how"]) == (
        "keep_in_touch", True, "touch-2026-12", "de", "link",
    )  # fmt: skip
    assert (await browser.client.post(link("ana"), data={"about": "marketing", "answer": "yes"})).status_code == 422


@pytest.mark.parametrize("granted", [True, False])
async def test_an_answer_counts_against_one_that_a_platform_dates_later(stage, browser, granted):
    ahead = consented("noor", granted=not granted, given_at=NOW + timedelta(minutes=9))
    await stage.deliver(configured(), opened(), *noor(ahead))

    await browser.client.post(link(), data=yes() if granted else {"about": "talent_pool", "answer": "no"})

    [kept] = await stage.said("consent-changed")
    assert (kept["granted"], kept["how"], kept["text_version"]) == (granted, "link", "pool-2026-12")


UNSUBSCRIBED = "2026-11-21T08:00:00Z"


async def test_unsubscribing_takes_keep_in_touch_back_and_a_later_yes_wins(stage, browser):
    agreed = consented("noor", purpose="keep_in_touch", given_at="2026-11-20T08:00:00Z")
    await stage.deliver(configured(), opened(), *noor(agreed))
    assert "Stop writing to me" in await text_of(browser)

    await stage.deliver(responded("unsubscribed", responded_at=UNSUBSCRIBED))
    page = await text_of(browser)
    [kept] = (await browser.get("/candidates/noor/consents")).json()["consents"]

    assert "Stop writing to me" not in page
    assert "Keep in touch: no, 21 November 2026 (unsubscribed)" in page
    assert (kept["purpose"], kept["granted"], kept["given_at"], kept["how"]) == (
        "keep_in_touch", False, UNSUBSCRIBED, "unsubscribed",
    )  # fmt: skip
    assert "Stop writing to me" in (await browser.client.post(link(), data=yes(Purpose.KEEP_IN_TOUCH))).text


@pytest.mark.parametrize(
    ("given_at", "granted"), [("2026-11-21T07:59:59Z", False), (UNSUBSCRIBED, False), ("2026-11-21T08:00:01Z", True)]
)
def test_of_consent_and_unsubscribing_the_newest_counts_and_a_tie_is_no(given_at, granted):
    consent = consented("noor", purpose="keep_in_touch", given_at=given_at).model_dump(mode="json")
    response = responded("unsubscribed", responded_at=UNSUBSCRIBED).model_dump(mode="json")

    [counts] = answers([consent], [response, response | {"kind": "interested"}])

    assert counts["granted"] is granted
    assert answers([consent], []) == [consent]


async def test_every_text_is_there_in_every_language_and_can_be_read(browser):
    for purpose in Purpose:
        listed = (await browser.get(f"/consent-texts/{purpose}")).json()["versions"]
        assert [v["is_current"] for v in listed] == [True] + [False] * (len(listed) - 1)
        for version, wording in wordings(purpose).items():
            assert (await browser.get(f"/consent-texts/{purpose}/{version}")).json()["texts"] == wording.texts
            assert tuple(wording.texts) == LANGUAGES
            assert all("{organization}" in text for text in wording.texts.values())
    assert (await browser.get("/consent-texts/survey/theirs")).json()["code"] == "text-not-found"


async def test_they_take_their_data_and_are_forgotten_after_being_asked_once(stage, browser):
    await stage.deliver(configured(), opened(), *noor())
    page = await text_of(browser)
    ours = page.split("http://localhost/export/")[1].split('"')[0]
    assert all(f"http://{s}.example/export/{ours}" in page for s in ("interviews", "notifications", "insights"))
    file = await browser.client.get(f"/export/{ours}")
    assert file.headers["content-disposition"] == "attachment; filename=talentloop-candidates.json"
    assert {f["topic"] for f in file.json()["facts"]} >= {"candidate-registered", "feedback-submitted"}
    assert (await browser.client.get("/export/x")).json()["code"] == "link-invalid"

    asked = await browser.client.post(link(), data={"about": "erasure", "answer": "no"})
    assert "Would you like us to forget everything about you?" in asked.text
    assert await stage.said("candidate-erased") == []
    done = await browser.client.post(link(), data={"about": "erasure", "answer": "yes"})
    assert "Everything about you will be erased on 24 November 2026." in done.text
    assert await stage.said("candidate-erased") == []
    assert (await browser.get("/candidates/noor")).json()["code"] == "candidate-restricted"
    assert (await browser.client.get(link())).status_code == 200

    await stage.move(NOW + timedelta(days=1))
    assert [e["candidate"] for e in await stage.said("candidate-erased")] == ["noor"]
    assert (await browser.client.get(link())).status_code == 404


async def test_a_legal_hold_is_said(stage, browser):
    await stage.deliver(configured(legal_hold_months=6), opened(), *noor())

    for _ in range(2):
        done = await browser.client.post(link(), data={"about": "erasure", "answer": "yes"})

    assert "until 13 May 2027, for an audit only" in done.text


INTERNAL = {"overall", "ratings", "raw", "level", "scale", "interviewer", "interviewers"}


@pytest.mark.parametrize("topic", sorted({*TOPICS} - {"interview-completed", "interview-scheduled"}))
def test_no_event_behind_the_page_has_a_field_for_what_is_internal(topic):
    """Schedules name who interviews; the page shows none of it: below."""
    schema = json.dumps(BY_TOPIC[topic].model_json_schema())

    assert not [field for field in INTERNAL if f'"{field}":' in schema]
    assert not topic.startswith("private-")


async def test_the_page_shows_nothing_internal(stage, browser):
    rated = {"competency": "sql", "level": 0.25, "raw": "raw-words", "scale": "scale-words"}
    shareable = {"language": "en", "strengths": [{"competency": "sql", "observed": "Not released."}], "development": []}
    verdict = feedback("noor", "strong_no", 3, ratings=[rated], shareable=shareable)
    await stage.deliver(configured(), opened(), *noor(verdict, released("noor"), sent("noor")))

    page = (await browser.client.get(link())).text

    assert "You joined four tables." in page
    hidden = ("raw-words", "scale-words", "0.25", "strong.no", "Not released", "ada", "cy")
    assert not [words for words in hidden if re.search(rf"\b{words}\b", page)]


async def test_who_answers_for_the_data_stands_below_the_page_and_below_a_link_that_is_too_old(stage, browser):
    settings = configured(controller="Halden GmbH", privacy_url="https://halden.example/privacy")
    await stage.deliver(settings, registered("noor"), applied("noor"))

    page = (await browser.get(link())).text
    expired = (await browser.get(link(days=-1))).text

    for shown in (page, expired):
        assert "Responsible for your data: Halden GmbH" in shown
        assert 'href="https://halden.example/privacy"' in shown
