"""News: looked at before anybody reads it, told to those whose field of work it is about, and never twice."""

import pytest

from shared.contracts import NewsPublished
from tests.heard import Heard
from tests.notifications.facts import applied, at, closed, consent, decided, halden, ines, job, profile

pytestmark = pytest.mark.db

GIVEN = at("2026-11-13 10:00")
NOTE = {"title": "Our warehouse is new", "text": "We keep our figures by columns now.", "about": "team"}


async def a_year_ahead(stage, *more: Heard, **settings) -> None:
    """Diego, not selected for a data job that then closes, wants to be kept in touch; the day before he is due."""
    await stage.move_to("2026-11-13 16:05")
    asked = consent("diego", GIVEN, purpose="keep_in_touch")
    await stage.deliver(
        halden(), ines(), job(), profile("diego", **settings), applied("diego"), decided("diego"), asked
    )
    await stage.deliver(closed())
    await stage.move_to("2026-11-16 08:00")
    await stage.move_to("2027-05-12 10:00")
    await stage.deliver(*more)


def noted(news: str, published_at: str, **more) -> Heard:
    said = NOTE | {"news": news, "language": "en", "by": "ines", "published_at": at(published_at)} | more
    return Heard(NewsPublished.model_validate(said), at(published_at), source="talentloop/notifications")


def told(letterbox) -> list[str]:
    """The words of each mail with news."""
    mails = [m for m in letterbox.read() if m["Subject"] == "Halden: what is new"]
    return [m.get_body(("plain",)).get_content().replace("\r", "") for m in mails]


async def test_a_note_is_published_corrected_and_read(halden_stage, browser):
    await halden_stage.move_to("2026-11-19 10:00")
    first = await browser.put("/news/columns", NOTE | {"families": ["Data"]})
    shown = await browser.get("/news/columns")
    stale = {"If-Match": '"of-somebody-else"', **browser.headers()}

    again = await browser.put("/news/columns", NOTE | {"families": ["Data"]})
    refused = await browser.client.put("/news/columns", json=NOTE, headers=stale)
    await halden_stage.move_to("2026-11-20 10:00")
    mended = await browser.put(
        "/news/columns", NOTE | {"text": "We keep figures by columns.", "tell_until": "2027-06-30"}
    )
    evening = {"title": "Ein Abend", "text": "Wir laden ein.", "about": "events", "language": "de"}
    await browser.put("/news/evening", evening)

    assert [first.status_code, again.status_code, refused.status_code, mended.status_code] == [201, 200, 412, 200]
    assert (shown.json()["language"], shown.json()["by"], shown.json()["families"]) == ("en", "ines", ["Data"])
    [said] = [s for s in await halden_stage.said("news-published") if s["news"] == "columns"]
    assert (said["text"], said["published_at"]) == ("We keep figures by columns.", shown.json()["published_at"])
    page = (await browser.get("/news?limit=1")).json()
    rest = (await browser.get(f"/news?limit=1&cursor={page['cursor']}")).json()
    assert [n["news"] for n in page["items"] + rest["items"]] == ["evening", "columns"]
    assert (await browser.get("/news/nobody")).json()["code"] == "news-not-found"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": "Come, and our young team will certainly offer you a job."}, "news-has-findings"),
        ({"title": "Ines Calder tells", "text": "Come at six."}, "news-has-findings"),
        ({"title": "Ilta", "text": "Tervetuloa iltaan.", "language": "fi"}, "news-language-unknown"),
        ({"text": "Wir haben ein neues Lager, und unser junges Team zeigt es euch."}, "news-has-findings"),
    ],
)
async def test_what_no_letter_says_no_news_says(halden_stage, browser, said, code):
    await halden_stage.deliver(halden(), ines())

    refused = await browser.put("/news/n1", NOTE | said)

    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert await halden_stage.said("news-published") == []


async def test_only_recruiters_publish(halden_stage, browser):
    answers = [await browser.put("/news/n1", NOTE, role) for role in ("hiring_manager", "coordinator", "admin")]

    assert [answer.status_code for answer in answers] == [403, 403, 201]


async def test_the_mail_tells_what_is_new_in_their_field_and_the_open_jobs(halden_stage, letterbox):
    await a_year_ahead(
        halden_stage,
        noted("old", "2026-11-12 10:00", title="Before he asked"),
        noted("over", "2027-01-10 10:00", title="An evening that is over", tell_until="2027-02-01"),
        noted("law", "2027-01-10 11:00", title="Of another field", families=["legal"]),
        noted("winter", "2027-01-10 12:00", title="Of another cycle", cycle="Winter 2027"),
        noted("columns", "2027-01-11 10:00", families=[" DATA "], url="https://halden.example/columns"),
        noted("for-all", "2027-03-11 10:00", title="Wir ziehen um", text="Ab Mai am Hafen.", language="de"),
        job("ws27-ae", title="Analytics Engineer", opened_at=at("2027-02-01 09:00")),
        job("ws27-law", title="Counsel", family="legal", opened_at=at("2027-02-01 09:00")),
        *(noted(f"law-{n}", "2027-04-01 10:00", title="Of another field", families=["legal"]) for n in range(120)),
    )

    await halden_stage.move_to("2027-05-13 12:00")
    await halden_stage.move_to("2027-05-20 10:00")

    [text] = told(letterbox)
    assert text.index("WIR ZIEHEN UM") < text.index("OUR WAREHOUSE IS NEW")
    assert "* From our team: We keep our figures by columns now." in text
    assert "Read more:\nhttps://halden.example/columns" in text
    assert "Analytics Engineer\n" in text
    assert "Look at the jobs:\nhttp://candidates.example/me/" in text
    assert [word for word in ("BEFORE", "OVER", "ANOTHER", "Counsel", "Data Analyst") if word in text] == []


async def test_without_news_there_is_no_mail_until_there_is_some(halden_stage, letterbox, browser):
    await a_year_ahead(halden_stage)
    await halden_stage.move_to("2027-05-13 12:00")
    assert await halden_stage.letters(kind="keep_in_touch") == {"keep_in_touch/-/1": "suppressed(nothing_new)"}

    await halden_stage.move_to("2027-07-14 10:00")
    await browser.put("/news/law", NOTE | {"families": ["legal"]})
    await halden_stage.move_to("2027-07-14 10:01")
    assert told(letterbox) == []
    await browser.put("/news/columns", NOTE)
    await halden_stage.move_to("2027-07-14 10:02")
    await browser.put("/news/columns", NOTE | {"text": "We keep figures by columns."})
    await halden_stage.move_to("2028-01-14 10:00")

    assert len(told(letterbox)) == 1
    assert await halden_stage.letters(kind="keep_in_touch") == {
        "keep_in_touch/-/1": "sent", "keep_in_touch/-/2": "suppressed(nothing_new)",
    }  # fmt: skip


async def test_an_open_job_is_news_as_long_as_it_is_open(halden_stage, letterbox):
    await a_year_ahead(halden_stage)
    await halden_stage.move_to("2027-05-13 12:00")

    opening = {"title": "Analytics Engineer", "opened_at": at("2027-06-05 09:00")}
    await halden_stage.move_to("2027-06-05 10:00")  # a Saturday
    await halden_stage.deliver(job("ws27-ae", **opening))
    assert await halden_stage.letters(kind="keep_in_touch") == {"keep_in_touch/-/1": "planned"}
    await halden_stage.move_to("2027-06-06 10:00")
    await halden_stage.deliver(closed("ws27-ae", at("2027-06-06 09:00")))
    await halden_stage.move_to("2027-06-07 10:00")
    assert told(letterbox) == []
    await halden_stage.deliver(job("ws27-ae", **opening | {"opened_at": at("2027-06-07 09:30")}))
    await halden_stage.move_to("2027-06-07 11:00")

    [text] = told(letterbox)
    assert "Analytics Engineer" in text
