"""What comes back: replies, absences and bounces, over real SMTP; and everything that must be refused."""

from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib
import pytest
from prometheus_client import REGISTRY

from services.notifications import sql
from services.notifications.post.rendering import letter_of, token
from services.notifications.post.running import Post
from shared.contracts import CandidateErased
from shared.kit.people import People, find_people
from tests.notifications.conftest import settings_of
from tests.notifications.facts import (
    applied,
    at,
    decided,
    halden,
    heard,
    ines,
    invited,
    job,
    profile,
    told_by_platform,
)
from tests.stage import Heard

DOMAIN = "mail.halden.example"
LETTER = "46fa84a4-c87a-580c-8498-b3474aba20b9"
KEY = "l" * 32

pytestmark = pytest.mark.db


@asynccontextmanager
async def listening(stage, addresses, letterbox, **more):
    """The stage's post with its ear open."""
    settings = settings_of(addresses.url, letterbox.mail.url, inbound_port=1, **more)
    stage.post = Post(stage.runtime, settings)
    stage.post.listener.port = 0  # any that is free
    await stage.post.listener.open()
    yield stage.post.listener.port
    await stage.post.close()


@pytest.fixture
async def port(halden_stage, addresses, letterbox):
    """Amara was invited to the pool on a Tuesday, and her mailbox may answer."""
    async with listening(halden_stage, addresses, letterbox) as port:
        await halden_stage.move(at("2027-04-05 08:00"))
        await halden_stage.deliver(
            halden(), ines(), job(), profile("amara"), applied("amara"),
            decided("amara", decided_at=at("2027-04-05 08:00"), notice=told_by_platform()),
            invited("amara", said_at=at("2027-04-05 08:00")),
        )  # fmt: skip
        await halden_stage.move_to("2027-04-06 09:00")
        yield port
    await halden_stage.post.close()


async def addresses_of(stage) -> tuple[str, str]:
    """(where replies go, the return path) of the letter."""
    row = await stage.letter("pool_invitation", "data")
    name = token(row["letter"], KEY)
    return f"r+{name}@{DOMAIN}", row["sender"]


def words(text: str = "Thank you, I would love to!", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Amara <amara@mail.example>", "people@halden.example", "Re: Halden"
    mail["Message-ID"] = "<1@mail.example>"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def report(status: str, action: str = "failed") -> bytes:
    """A delivery status as RFC 3464 has it."""
    return (
        "From: MAILER-DAEMON@mail.example\r\nTo: b@mail.halden.example\r\nSubject: Undelivered\r\n"
        f"Message-ID: <{status}.{action}@mail.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; amara@mail.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


async def bring(port: int, address: str, mail: bytes | EmailMessage, sender: str = "amara@mail.example") -> str:
    """Hand a mail in; the server's answer, or its refusal."""
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await smtp.connect()
    try:
        await smtp.mail(sender)
        await smtp.rcpt(address)
        answer = await smtp.data(mail if isinstance(mail, bytes) else mail.as_bytes())
        return f"{answer.code} {answer.message}"
    except aiosmtplib.SMTPResponseException as error:
        return f"{error.code} {error.message}"
    finally:
        smtp.close()


async def test_a_reply_is_a_fact_a_task_and_a_mail_to_the_owner(port, halden_stage, letterbox):
    letterbox.empty()
    reply_to, _ = await addresses_of(halden_stage)

    answer = await bring(port, reply_to, words())
    again = await bring(port, reply_to, words())
    await halden_stage.post.run_due()

    assert answer.startswith("250")
    assert again.startswith("250")
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said["candidate"]) == ("replied", "amara")
    assert await halden_stage.tasks() == ["reply"]
    [mail] = letterbox.read()
    assert (mail["To"], mail["Reply-To"]) == ("Ines Calder <ines@halden.example>", "Amara <amara@mail.example>")
    assert (mail["Return-Path"], mail["Auto-Submitted"]) == ("<>", "auto-generated")
    assert b"I would love to" in next(mail.iter_attachments()).get_content()
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
        [record] = await sql.load_records(conn, People(await find_people(conn, [("acme", "amara")]), {}))

    assert record.away_until == at("2027-04-12 23:59")


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
            mail = sql.Incoming("acme", f"mail-{n}", f"letter-{n}", f"other-{n}", "soft_bounce", "sender", None)
            await sql.save_incoming(conn, mail, at("2027-04-06 08:00"))


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
        task = await sql.find_task(conn, "acme", "sending_refused", "mail")
        await sql.finish_task(conn, "acme", task, "u1", at("2027-04-06 10:00"))

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


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        (f"r+{token(LETTER, 'x' * 32)}@{DOMAIN}", "550 5.1.1 There is no such mailbox: the address was altered"),
        (f"r+{token(LETTER, KEY)[:-1]}0@{DOMAIN}", "550 5.1.1 There is no such mailbox: the address was altered"),
        (f"b+{token(LETTER, KEY)}@{DOMAIN}", "550 5.1.6 The letter this belongs to is no longer kept"),
        (f"people@{DOMAIN}", "550 5.1.1 There is no such mailbox"),
        (f"r+1@{DOMAIN}", "550 5.1.1 There is no such mailbox"),
        ("amara@mail.example", "550 5.7.1 We take no mail for this domain"),
    ],
)
async def test_every_address_we_never_gave_out_has_its_own_plain_answer(port, halden_stage, address, answer):
    assert await bring(port, address, words()) == answer
    assert await halden_stage.fetch("SELECT * FROM incoming") == []


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("talentloop_mails_in_total", {"outcome": outcome}) or 0


async def test_a_bounce_for_an_unknown_letter_is_counted_and_logged(port, halden_stage, capsys):
    before = counted("unknown_letter")

    answer = await bring(port, f"b+{token(LETTER, KEY)}@{DOMAIN}", report("5.1.1"), sender="")

    assert answer.startswith("550 5.1.6")
    assert counted("unknown_letter") == before + 1
    assert "unknown_letter" in "".join(capsys.readouterr())
    assert await halden_stage.said("outreach-bounced") == []


async def test_a_reply_of_twenty_megabytes_is_refused_and_the_next_one_taken(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)
    large = words()
    large.add_attachment(b"x" * 20_000_000, maintype="application", subtype="zip", filename="cv.zip")

    before = counted("too_large")

    refused = await bring(port, reply_to, large)
    taken = await bring(port, reply_to, words())

    assert refused == "552 5.3.4 This mail is too large: 10 MB at most"
    assert counted("too_large") == before + 1
    assert taken.startswith("250")


async def test_a_mail_going_round_in_circles_is_stopped(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)
    round_and_round = b"Received: from a by b\r\n" * 51 + words().as_bytes()

    assert await bring(port, reply_to, round_and_round) == "554 5.4.6 This mail goes round in circles"


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff\xfe",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b',
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nhello \xff",
        b"From: =?utf-8?q?=ZZ?= <@@>\r\nSubject: \xff\r\nMessage-ID: <\r\n\r\nhi",
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)),
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nnothing of it",
    ],
)
async def test_a_broken_mail_harms_no_other(port, halden_stage, mail):
    reply_to, return_path = await addresses_of(halden_stage)

    answer = await bring(port, return_path, mail)
    fine = await bring(port, reply_to, words())

    assert answer[:3] in ("250", "554")
    assert fine.startswith("250")
    assert "replied" in {r["kind"] for r in await halden_stage.said("candidate-responded")}


async def test_erasure_takes_replies_with_it(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)
    await bring(port, reply_to, words())

    await halden_stage.move(at("2027-04-07 09:00"))
    await halden_stage.deliver(heard(CandidateErased(candidate="amara", erased_at=at("2027-04-07 08:59"))))

    assert await halden_stage.fetch("SELECT * FROM incoming") == []


async def test_a_database_that_is_away_keeps_the_mail_with_its_sender(port, halden_stage, monkeypatch):
    reply_to, _ = await addresses_of(halden_stage)

    def away(_):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(halden_stage.database, "transaction", away)
        answer = await bring(port, reply_to, words())

    assert answer.startswith("451")
    assert (await bring(port, reply_to, words())).startswith("250")


async def test_nobody_hears_anything_about_contact_data(port, halden_stage, capsys):
    reply_to, _ = await addresses_of(halden_stage)

    await bring(port, reply_to, words())
    await bring(port, "amara@mail.example", words())
    await halden_stage.post.run_due()

    logged = capsys.readouterr()
    assert "mail received" in logged.out + logged.err
    assert "@" not in (logged.out + logged.err)
    assert "love" not in (logged.out + logged.err)


async def test_without_a_port_nobody_listens(halden_stage):
    await halden_stage.post.listener.open()

    assert halden_stage.post.listener.port is None


def test_a_token_opens_with_every_key_that_is_still_known():
    named = token(LETTER, "old-key")

    assert letter_of(named, "new-key, old-key") == LETTER
    assert letter_of(named, "new-key") is None
    assert letter_of(token(LETTER, "new-key,old-key"), "new-key") == LETTER
