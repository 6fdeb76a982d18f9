"""A new link by mail: the same answer for every address, a letter only where we know somebody, never too many."""

import re
from datetime import timedelta

import pytest

from services.notifications.domain import new_links, planning
from shared.contracts import CandidateErased, CandidateMerged, ErasureRequested, OutreachBounced
from shared.kit.people import lock_people
from shared.web.links import Links
from shared.web.rate_limits import RateLimit, RateLimits
from tests.browser import KEY, Browser
from tests.notifications.facts import at, halden, profile

pytestmark = pytest.mark.db

LINKS = Links(KEY)
PAGE = f"/new-link/{LINKS.sign('new-link', 'acme', '-', None)}"
SATURDAY = "2026-11-14 22:10"
SUBJECT = "Halden: a new link to your page"


@pytest.fixture
async def stage(halden_stage):
    """Amara has an address, Noor's came back, Diego was erased; it is Saturday night."""
    await halden_stage.move_to(SATURDAY)
    await halden_stage.deliver(halden(), *(profile(c, email=f"{c}@mail.example") for c in ("amara", "noor", "diego")))
    bounced = {"outreach": "o1", "candidate": "noor", "stream": "duty", "kind": "decision", "bounce": "hard"}
    await halden_stage.deliver(OutreachBounced.model_validate(bounced))
    await halden_stage.deliver(CandidateErased(candidate="diego", erased_at=at(SATURDAY)))
    return halden_stage


def subjects(letterbox) -> list[str]:
    return [mail["Subject"] for mail in letterbox.read()]


async def ask(browser: Browser, address: object, path: str = PAGE, **headers: str):
    return await browser.client.post(path, data={"address": address}, headers=headers)


async def later(stage, minutes: float) -> None:
    """Time passes, and what is due then is done."""
    await stage.move_to((at(SATURDAY) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M"))


async def test_an_expired_link_leads_to_a_new_one_whatever_it_was_for(stage, browser, letterbox):
    old = LINKS.sign("stay", "acme", "amara", at("2026-11-13 10:00"))
    refused = await browser.client.get(f"/stay/{old}")
    [way] = re.findall(r'href="http://localhost(/new-link/[^"]+)"', refused.text)
    assert (refused.status_code, (await browser.client.get(way)).status_code) == (410, 200)
    assert "amara" not in str(LINKS.open("new-link", way.rpartition("/")[2], at(SATURDAY)))

    answered = await ask(browser, "Amara@Mail.example", way)
    await later(stage, 1)

    assert answered.status_code == 202
    [mail] = letterbox.read()
    assert (mail["Subject"], mail["To"]) == (SUBJECT, "Amara <amara@mail.example>")
    [page] = re.findall(r"http://candidates.example/me/(\S+)", mail.get_body(("plain",)).get_content())
    assert LINKS.open("pool", page, at("2027-01-12 10:00")).subject == "amara"


async def test_an_altered_link_and_one_for_something_else_open_nothing(stage, browser):
    expired = LINKS.sign("stay", "acme", "amara", at("2026-11-13 10:00"))
    body = expired.split(".")
    altered = ".".join((body[0], Links("x" * 32).sign("stay", "acme", "eve", None).split(".")[1], body[2]))

    refused = [await browser.client.get(f"/stay/{altered}"), await browser.client.get(f"/new-link/{expired}")]

    assert [r.status_code for r in refused] == [404, 404]
    assert not any("new-link" in r.text for r in refused)


ADDRESSES = ["amara@mail.example", "eve@mail.example", "diego@mail.example", "noor@mail.example"]
ADDRESSES += ["", "no address", "a@b", "x" * 5000, "a\x00@b.example", "é@ü.example", "'; --@b.example"]


async def test_the_answer_is_the_same_to_the_byte_and_only_who_is_known_gets_a_letter(stage, browser, letterbox):
    answers = [await ask(browser, address) for address in ADDRESSES]
    answers += [await browser.client.post(PAGE), await browser.client.post(PAGE, files={"address": b"a@b.example"})]
    assert {a.status_code for a in answers} == {202}
    assert len({a.content for a in answers}) == 1
    await later(stage, 1)

    assert subjects(letterbox) == [SUBJECT]
    assert sorted((await stage.letters()).values()) == ["sent", "suppressed(bounced)"]
    assert await stage.fetch("SELECT * FROM link_requests") == []


async def test_nothing_that_was_typed_is_kept_or_published(stage, browser):
    await ask(browser, "eve@mail.example")
    [kept] = await stage.fetch("SELECT organization, candidates FROM link_requests")
    assert kept == {"organization": "acme", "candidates": []}

    await ask(browser, "amara@mail.example")
    await later(stage, 1)

    published = await stage.fetch(
        "SELECT topic, convert_from(value, 'UTF8') AS body FROM outbox WHERE value IS NOT NULL"
    )
    assert [p["topic"] for p in published if p["topic"].startswith("private")] == []
    assert [p["topic"] for p in published if "mail.example" in p["body"] and p["topic"] != "candidate-registered"] == []
    [fact] = await stage.said("private-link-asked")
    assert fact.keys() == {"request", "candidate", "asked_at"}


async def test_nobody_can_fill_somebodys_mailbox(stage, browser, letterbox):
    browser.client._transport.app.state.rate_limits = RateLimits(askers=RateLimit(burst=1000))
    counted = {}
    for minutes in (1, 2, 9, 12, 30, 60, 90, 1500, 1520, 1540, 3000, 3020, 3040):
        await ask(browser, "amara@mail.example")
        await ask(browser, "AMARA@mail.example")
        await later(stage, minutes)
        counted[minutes] = len(letterbox.read())

    assert counted == {
        1: 1,
        2: 1,
        9: 1,
        12: 2,
        30: 3,
        60: 3,
        90: 3,
        1500: 4,
        1520: 5,
        1540: 6,
        3000: 6,
        3020: 6,
        3040: 6,
    }


async def test_one_caller_cannot_ask_for_many(stage, browser):
    browser.client._transport.app.state.rate_limits = RateLimits(askers=RateLimit(per_second=0.001, burst=3))

    answers = [await ask(browser, f"somebody-{n}@mail.example") for n in range(5)]

    assert [a.status_code for a in answers] == [202, 202, 202, 429, 429]
    assert len(await stage.fetch("SELECT * FROM link_requests")) == 3
    assert (await browser.client.get(PAGE)).status_code == 200


async def test_everyone_who_reads_at_an_address_gets_their_own_and_merged_ids_one(stage, browser, letterbox):
    await stage.deliver(profile("tom", email="amara@mail.example"), profile("amara-2", email="amara@mail.example"))
    await stage.deliver(CandidateMerged(surviving="amara", merged=("amara-2",), merged_at=at(SATURDAY)))

    await ask(browser, "amara@mail.example")
    await later(stage, 1)

    assert len(letterbox.read()) == 2
    assert sorted(f["candidate"] for f in await stage.said("private-link-asked")) == ["amara", "tom"]


@pytest.mark.parametrize(("room", "name"), [(new_links, "asked"), (planning, "plan")])
async def test_one_whose_letter_fails_holds_up_nobody_else(stage, browser, letterbox, monkeypatch, room, name):
    await stage.deliver(profile("tom"), profile("uma"))
    for somebody in ("amara", "tom", "uma"):
        await ask(browser, f"{somebody}@mail.example")
    does = getattr(room, name)

    def fails_for_tom(records, now):
        if any(record.candidate == "tom" for record in records):
            raise KeyError("a mistake in the program")
        return does(records, now)

    monkeypatch.setattr(room, name, fails_for_tom)
    await later(stage, 1)

    assert sorted(mail["To"] for mail in letterbox.read()) == ["Amara <amara@mail.example>", "Uma <uma@mail.example>"]
    assert await stage.fetch("SELECT * FROM link_requests") == []


@pytest.mark.parametrize(("mode", "state"), [("shadow", "suppressed(shadow)"), ("off", "suppressed(off)")])
async def test_a_silent_organisation_sends_no_links_either(stage, browser, letterbox, mode, state):
    await stage.deliver(halden(mode))

    await ask(browser, "amara@mail.example")
    await later(stage, 1)

    assert (list((await stage.letters()).values()), letterbox.read()) == ([state], [])


async def test_whoever_is_held_for_auditors_gets_none_and_what_is_a_day_late_is_no_task(stage, browser, letterbox):
    await stage.deliver(ErasureRequested(candidate="amara", requested_at=at(SATURDAY), by="platform"))
    await ask(browser, "amara@mail.example")
    await later(stage, 1)
    assert list((await stage.letters(kind="page_link")).values()) == ["suppressed(restricted)"]

    await later(stage, 24 * 60 + 2)

    assert list((await stage.letters(kind="page_link")).values()) == ["suppressed(stale)"]
    assert (await stage.tasks(), letterbox.read()) == ([], [])


async def test_the_letter_follows_from_the_facts_alone(stage, browser):
    await ask(browser, "amara@mail.example")
    await stage.move(at(SATURDAY) + timedelta(minutes=1))
    look = "SELECT kind, about, recipient, state, cause_at, send_at, stale_at, due_at FROM letters"
    planned = await stage.fetch(look)

    async with stage.turns.open("*") as turn:
        await turn.conn.execute("DELETE FROM letters")
        await stage.router.derive(turn, await lock_people(turn.conn, [("acme", "amara")]))

    assert [(r["kind"], r["state"], r["send_at"]) for r in planned] == [
        ("page_link", "ready", at(SATURDAY) + timedelta(minutes=1))
    ]
    assert await stage.fetch(look) == planned


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("", "Este enlace ha caducado"), ("de-AT, en;q=0.5", "Dieser Link ist abgelaufen"),
        ("fi, fr;q=0.3, en;q=0.2", "Ce lien a expiré"), ("zh;q=x,,;", "Este enlace ha caducado"),
    ],
)  # fmt: skip
async def test_what_is_refused_is_said_in_the_readers_language_else_the_organisations(stage, browser, wanted, says):
    await stage.deliver(halden(language="es"))
    old = LINKS.sign("answer", "acme", "amara/m", at("2026-11-13 10:00"))

    refused = await browser.client.get(f"/answer/{old}", headers={"Accept-Language": wanted})
    unknown = await browser.client.get("/answer/nonsense", headers={"Accept-Language": wanted})

    assert says in refused.text
    assert f'<html lang="{"de" if "de" in wanted else "fr" if "fr" in wanted else "en"}">' in unknown.text
