"""Mail that is refused, and what it must not harm, over real SMTP."""

import pytest

from services.notifications.post.composing import letter_of, token
from shared.contracts import CandidateErased
from tests.notifications.facts import (
    at,
    heard,
)
from tests.notifications.incoming.mails import DOMAIN, KEY, LETTER, addresses_of, bring, counted, report, words

pytestmark = pytest.mark.db


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
