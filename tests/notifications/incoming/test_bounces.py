"""Bounces, complaints and what only a person can tell, over real SMTP."""

import pytest
from prometheus_client import REGISTRY

from services.notifications.sql.incoming import IncomingMail, save_incoming
from services.notifications.sql.tasks import find_task, finish_task
from tests.heard import Heard
from tests.notifications.facts import (
    applied,
    at,
    decided,
    halden,
    ines,
    invited,
    job,
    profile,
)
from tests.notifications.incoming.mails import addresses_of, bring, listening, report, words

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    ("status", "action", "bounce"),
    [
        ("5.1.1", "failed", "hard"),
        ("5.0.0", "failed", "soft"),  # something, for good: it does not say that nobody is there
        ("5.2.2", "failed", "soft"),  # the mailbox is full
        ("5.7.1", "failed", "soft"),  # a policy, not the address
        ("4.4.7", "failed", "soft"),
        ("4.2.0", "delayed", "soft"),
    ],
)
async def test_a_bounce_is_hard_only_when_the_address_is_wrong(port, halden_stage, status, action, bounce):
    _, return_path = await addresses_of(halden_stage)

    answer = await bring(port, return_path, report(status, action), sender="")

    assert answer.startswith("250")
    [said] = await halden_stage.said("outreach-bounced")
    assert (said["bounce"], said["candidate"], said["kind"]) == (bounce, "amara", "pool_invitation")
    held = await halden_stage.letter("pool_invitation", "data", 2)
    assert held["reason"] == ("bounced" if bounce == "hard" else None)


async def test_a_soft_bounce_does_not_take_a_hard_one_back(port, halden_stage):
    _, return_path = await addresses_of(halden_stage)

    await bring(port, return_path, report("5.1.1"), sender="")
    await bring(port, return_path, report("4.4.7", "delayed"), sender="")

    assert [b["bounce"] for b in await halden_stage.said("outreach-bounced")] == ["hard"]
    assert len(await halden_stage.fetch("SELECT * FROM incoming")) == 2


async def test_a_decision_that_did_not_arrive_is_a_task_until_there_is_a_new_address(
    halden_stage, addresses, letterbox
):
    async with listening(halden_stage, addresses, letterbox) as port:
        await halden_stage.move(at("2026-11-13 16:05"))
        await halden_stage.deliver(halden(), ines(), job(), profile("amara"), applied("amara"), decided("amara"))
        await halden_stage.move_to("2026-11-16 09:00")
        sent = await halden_stage.letter("decision", "amara-1")
        await bring(port, sent["sender"], report("5.1.1"), sender="")
        before = await halden_stage.tasks()
        await halden_stage.move(at("2026-11-16 10:00"))

        elsewhere = profile("amara", email="amara@new.example")
        await halden_stage.deliver(elsewhere._replace(at=at("2026-11-16 10:00"), id="elsewhere"))
        await halden_stage.post.close()

    assert before == ["bounced_letter"]
    assert await halden_stage.tasks() == []


def said_again(address: str, said_at: str) -> Heard:
    """Amara's profile as a nightly sync brings it."""
    return Heard(profile("amara", email=address).event, at(said_at), id=f"profile-{said_at}")


@pytest.mark.parametrize("address", ["amara@mail.example", "Amara+jobs@Mail.example"])
async def test_a_profile_said_again_with_the_mailbox_that_bounced_opens_nothing(
    halden_stage, addresses, letterbox, address
):
    async with listening(halden_stage, addresses, letterbox) as port:
        await halden_stage.move(at("2026-11-13 16:05"))
        await halden_stage.deliver(halden(), ines(), job(), profile("amara"), applied("amara"), decided("amara"))
        await halden_stage.deliver(invited("amara"))
        await halden_stage.move_to("2026-11-16 09:00")
        await bring(port, (await halden_stage.letter("decision", "amara-1"))["sender"], report("5.1.1"), sender="")

        await halden_stage.move(at("2026-11-17 02:00"))
        await halden_stage.deliver(said_again(address, "2026-11-17 02:00"))
        await halden_stage.move_to("2026-11-30 09:00")
        synchronised = (await halden_stage.tasks(), (await halden_stage.letter("pool_invitation", "data", 2))["reason"])
        await halden_stage.deliver(said_again("amara@new.example", "2026-11-30 02:00"))
        await halden_stage.move_to("2026-11-30 10:00")
        await halden_stage.post.close()

    assert synchronised == (["bounced_letter"], "bounced")
    assert await halden_stage.tasks() == []
    assert await halden_stage.letters(state="sent") == {"decision/amara-1/1": "sent", "pool_invitation/data/2": "sent"}


async def test_a_bounce_that_comes_after_the_new_address_was_said_does_not_close_it(halden_stage, addresses, letterbox):
    async with listening(halden_stage, addresses, letterbox) as port:
        await halden_stage.move(at("2026-11-13 16:05"))
        await halden_stage.deliver(halden(), ines(), job(), profile("amara"), applied("amara"), decided("amara"))
        await halden_stage.deliver(invited("amara"))
        await halden_stage.move_to("2026-11-16 09:00")
        sent = await halden_stage.letter("decision", "amara-1")
        await halden_stage.deliver(said_again("amara@new.example", "2026-11-16 08:30"))

        await bring(port, sent["sender"], report("5.1.1"), sender="")
        await halden_stage.move_to("2026-11-30 09:00")
        await halden_stage.post.close()

    assert (await halden_stage.letter("pool_invitation", "data", 2))["state"] == "sent"


async def test_a_server_that_knows_no_reports_is_understood_by_its_status_code(port, halden_stage):
    _, return_path = await addresses_of(halden_stage)

    await bring(port, return_path, words("<amara@mail.example>: 550 5.1.1 no such user here"), sender="")

    assert [b["bounce"] for b in await halden_stage.said("outreach-bounced")] == ["hard"]


async def test_what_only_a_person_can_tell_is_one_task_a_letter_and_is_handed_on(port, halden_stage, letterbox):
    letterbox.empty()
    reply_to, return_path = await addresses_of(halden_stage)

    await bring(port, reply_to, words("Your ticket is 4711", Auto_Submitted="auto-generated"))
    await bring(port, return_path, words("Nobody reads this.", Message_ID="<2@mail.example>"), sender="")
    await halden_stage.post.run_due()

    assert await halden_stage.tasks() == ["unread_mail"]
    assert {(r["kind"], r["via"]) for r in await halden_stage.said("candidate-responded")} == {("replied", "machine")}
    handed_on = letterbox.read()
    assert [m["To"] for m in handed_on] == ["Ines Calder <ines@halden.example>"] * 2
    assert all("nobody wrote" in m["Subject"] and m["Reply-To"] is None for m in handed_on)
    assert [r["content"] for r in await halden_stage.fetch("SELECT content FROM incoming")] == [None, None]


async def test_what_a_machine_answers_keeps_no_letter_back(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)

    await bring(port, reply_to, words("Your ticket is 4711", Auto_Submitted="auto-generated"))

    assert (await halden_stage.letter("pool_invitation", "data", 2))["reason"] is None


def complaint() -> bytes:
    """A feedback report as RFC 5965 has it."""
    return (
        b"From: fbl@mail.example\r\nSubject: FW: Halden\r\nMessage-ID: <c@mail.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n"
        b"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n--b--\r\n"
    )


async def test_whoever_complains_gets_nothing_more_to_keep_in_touch(port, halden_stage, letterbox):
    letterbox.empty()
    _, return_path = await addresses_of(halden_stage)

    await bring(port, return_path, complaint(), sender="fbl@mail.example")
    await halden_stage.post.run_due()

    assert await halden_stage.tasks() == ["complaint"]
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said["via"]) == ("unsubscribed", "complaint")
    assert (await halden_stage.letter("pool_invitation", "data", 2))["reason"] == "unsubscribed"
    assert len(letterbox.read()) == 1
    assert await halden_stage.said("outreach-bounced") == []


async def refused_before(stage, times: int) -> None:
    """So many other people's servers refused us an hour ago."""
    async with stage.database.transaction("*") as conn:
        for n in range(times):
            mail = IncomingMail("acme", f"mail-{n}", f"letter-{n}", f"other-{n}", "soft_bounce", "sender", None)
            await save_incoming(conn, mail, at("2027-04-06 08:00"))


@pytest.mark.parametrize(("others", "tasks"), [(3, []), (4, ["sending_refused"])])
async def test_a_policy_that_meets_many_is_about_us_and_cuts_nobody_off(port, halden_stage, others, tasks):
    await refused_before(halden_stage, others)
    _, return_path = await addresses_of(halden_stage)
    before = REGISTRY.get_sample_value("talentloop_mails_blocked_total")

    await bring(port, return_path, report("5.7.1"), sender="")

    assert await halden_stage.tasks() == tasks
    [said] = await halden_stage.said("outreach-bounced")
    assert (said["bounce"], said["cause"]) == ("soft", "sender")
    assert (await halden_stage.letter("pool_invitation", "data", 2))["reason"] is None
    assert REGISTRY.get_sample_value("talentloop_mails_blocked_total") == before + 1


async def test_a_refusal_somebody_looked_at_is_no_task_again_the_same_day(port, halden_stage):
    await refused_before(halden_stage, 4)
    _, return_path = await addresses_of(halden_stage)
    await bring(port, return_path, report("5.7.1"), sender="")
    async with halden_stage.database.transaction("*") as conn:
        task = await find_task(conn, "acme", "sending_refused", "mail")
        await finish_task(conn, "acme", task, "u1", at("2027-04-06 10:00"))

    await bring(port, return_path, report("5.7.2"), sender="")

    assert await halden_stage.tasks() == []


async def test_a_letter_that_came_back_without_a_reason_is_shown_to_a_person(port, halden_stage, letterbox):
    letterbox.empty()
    _, return_path = await addresses_of(halden_stage)

    await bring(port, return_path, report("5.0.0"), sender="")
    await halden_stage.post.run_due()

    assert "came back" in letterbox.read()[0]["Subject"]


async def test_our_own_forward_coming_back_is_no_reply_and_goes_no_further(port, halden_stage, letterbox):
    letterbox.empty()
    reply_to, _ = await addresses_of(halden_stage)
    await bring(port, reply_to, words())
    await halden_stage.post.run_due()
    [forward] = letterbox.read()

    answer = await bring(port, reply_to, forward.as_bytes(), sender="")
    await halden_stage.post.run_due()

    assert answer.startswith("554 5.4.6")
    assert len(letterbox.read()) == 1
    assert len(await halden_stage.said("candidate-responded")) == 1
