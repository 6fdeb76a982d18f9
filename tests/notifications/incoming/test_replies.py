"""Replies and absences, over real SMTP."""

import pytest

from services.notifications.sql.records import load_records
from shared.kit.people import People, find_people
from shared.web.links import Links
from tests.notifications.facts import (
    at,
    job,
)
from tests.notifications.incoming.mails import KEY, addresses_of, bring, words

pytestmark = pytest.mark.db


async def test_a_reply_is_a_fact_a_task_and_a_mail_to_the_owner(port, halden_stage, letterbox):
    letterbox.empty()
    reply_to, _ = await addresses_of(halden_stage)
    own = f"https://me.halden.example/me/{Links(KEY).sign('pool', 'halden', 'amara', None)}"
    quoting = f"Thank you, I would love to!\n> {own}"

    answer = await bring(port, reply_to, words(quoting))
    again = await bring(port, reply_to, words(quoting))
    await halden_stage.post.run_due()

    assert answer.startswith("250")
    assert again.startswith("250")
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said["candidate"]) == ("replied", "amara")
    assert await halden_stage.tasks() == ["reply"]
    [mail] = letterbox.read()
    assert (mail["To"], mail["Reply-To"]) == ("Ines Calder <ines@halden.example>", "Amara <amara@mail.example>")
    assert (mail["Return-Path"], mail["Auto-Submitted"]) == ("<>", "auto-generated")
    assert mail["References"] == mail["In-Reply-To"] == f"<{said['letter']}@mail.halden.example>"
    handed_on = next(mail.iter_attachments()).get_content()
    assert b"I would love to" in handed_on
    assert b"/me/withheld" in handed_on
    [row] = await halden_stage.fetch("SELECT content, forwarded_at FROM incoming")
    assert row["content"] is None
    assert row["forwarded_at"] is not None


async def test_a_reply_pauses_what_keeps_in_touch_until_a_person_closes_it(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)

    await bring(port, reply_to, words())

    assert (await halden_stage.letter("pool_invitation", "data", 2))["reason"] == "replied"


async def test_a_reply_waits_until_somebody_is_there_to_read_it(port, halden_stage, letterbox):
    letterbox.empty()
    await halden_stage.deliver(job(opened_at=at("2026-10-01 09:01"), team=()))
    reply_to, _ = await addresses_of(halden_stage)

    await bring(port, reply_to, words())
    await halden_stage.post.run_due()
    before = letterbox.read()
    await halden_stage.deliver(job(opened_at=at("2026-10-01 09:02")))
    await due_again(halden_stage)
    await halden_stage.post.run_due()

    assert before == []
    assert len(letterbox.read()) == 1


async def due_again(stage) -> None:
    async with stage.database.transaction("*") as conn:
        await conn.execute("UPDATE incoming SET retry_at = clock_timestamp()")


@pytest.mark.parametrize("where", ["the reply address", "the return path"])
async def test_example_20_out_of_office_is_no_reply_and_postpones(port, halden_stage, letterbox, where):
    letterbox.empty()
    address = (await addresses_of(halden_stage))[where == "the return path"]
    away = words("Out of office until 12 Apr 2027", Auto_Submitted="auto-replied (vacation)")

    answer = await bring(port, address, away, sender="")
    await halden_stage.post.run_due()

    assert answer.startswith("250")
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said["until"]) == ("out_of_office", "2027-04-12T21:59:00Z")
    assert await halden_stage.tasks() == []
    assert letterbox.read() == []


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Automatic reply: Halden", "I am back on 13 April 2027."),
        ("Automatische Antwort: Halden", "Ich bin am 13. April wieder da."),
        ("Abwesenheitsnotiz: Halden", "Ich bin bis 12. April nicht im Büro."),
        ("Réponse automatique : Halden", "Je serai de retour le 13 avril."),
        ("Respuesta automática: Halden", "Vuelvo el 13 de abril."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X_Auto_Response_Suppress": "All"}], ids=["bare", "marked"])
async def test_example_20_what_exchange_answers_by_itself_is_no_reply(port, halden_stage, subject, text, headers):
    reply_to, _ = await addresses_of(halden_stage)

    await bring(port, reply_to, words(text, Subject=subject, **headers))

    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said["until"]) == ("out_of_office", "2027-04-12T21:59:00Z")
    assert await halden_stage.tasks() == []


@pytest.mark.parametrize(
    "subject", ["Re: Automatic reply: Halden", "Out of office hours I can call", "Absence of a decision"]
)
async def test_a_subject_that_only_speaks_of_it_is_a_reply(port, halden_stage, subject):
    reply_to, _ = await addresses_of(halden_stage)

    await bring(port, reply_to, words(Subject=subject))

    [said] = await halden_stage.said("candidate-responded")
    assert said["kind"] == "replied"


async def test_whoever_comes_back_earlier_is_written_to_earlier(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)
    for day, until in (("06", "30 April"), ("07", "12 April")):
        away = words(f"Away until {until} 2027.", Auto_Submitted="auto-replied", Message_ID=f"<{day}@mail.example>")
        await halden_stage.move(at(f"2027-04-{day} 10:00"))
        await bring(port, reply_to, away)

    async with halden_stage.database.transaction("*") as conn:
        [record] = await load_records(conn, People(await find_people(conn, [("acme", "amara")]), {}))

    assert record.away_until == at("2027-04-12 23:59")
