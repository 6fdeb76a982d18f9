"""Addresses of all scripts and shapes: one ledger for each mailbox, and a letter that leaves wherever one can."""

from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.mailbox import mailbox
from services.notifications.post.composing import Unaddressable, compose
from services.notifications.post.courier import Courier, DeliveryOutcome
from services.notifications.settings import MailServer
from shared.contracts import Stream
from tests.notifications.test_faults import serving
from tests.notifications.test_rendering import FRAME, HEAD, words

LETTER = b"From: people@halden.example\r\nSubject: Hello\r\n\r\nWords.\r\n"
SAME = [
    ("ana@bücher.example", "ana@xn--bcher-kva.example"),
    ("ana@BÜCHER.example", "Ana@Bücher.Example"),
    ("jürgen@mail.example", "ju\u0308rgen@MAIL.example"),
    ("ana+jobs@straße.example", "ana@xn--strae-oqa.example"),
]
# As it is written -> as it goes out, and whether the server must know other scripts for it.
OUT = [
    ("ana@mail.example", "ana@mail.example", False),
    ("ana@bücher.example", "ana@xn--bcher-kva.example", False),
    ("ana..ito@docomo.example", '"ana..ito"@docomo.example', False),
    ("ana.@docomo.example", '"ana."@docomo.example', False),
    ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example", True),
]


class Listening(SMTP):
    """Takes everything, and keeps the very words it was told for whom."""

    async def smtp_RCPT(self, arg):  # noqa: N802
        self.event_handler.append((arg, self.envelope.smtp_utf8))
        await super().smtp_RCPT(arg)


class Told(list):
    """What each letter was said to be for, and whether other scripts were asked for."""

    async def handle_DATA(self, *_):  # noqa: N802
        return "250 Kept"


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_a_mailbox_share_a_ledger(one, other):
    assert mailbox(one) == mailbox(other)


def test_an_address_in_ascii_has_the_ledger_it_had():
    assert mailbox("Ana.Ito+jobs@Mail.Example") == "ana.ito@mail.example"


_PLAIN = "aZ ,.\\\"()@<>;:'-"
NAMES = st.sampled_from([_PLAIN, _PLAIN + "éØß\u4e2d\u0639\u0928\u0940\u0416\U0001f600"]).flatmap(
    lambda letters: st.text(letters, min_size=1, max_size=90).filter(str.strip)
)


@given(NAMES, NAMES, st.sampled_from([written for written, _, _ in OUT]))
def test_a_letter_calls_everybody_by_their_whole_name(name, sender, address):
    head = HEAD._replace(to_name=name, to_address=address, sender_name=sender)

    mail = compose(words(), FRAME, head, Stream.DUTY)

    read = message_from_string(mail.decode())
    called = [str(make_header(decode_header(parseaddr(read[header])[0]))) for header in ("To", "From")]
    assert called == [" ".join(n.split()) for n in (name, sender)]
    assert max(map(len, mail.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


@pytest.mark.parametrize("speaks_utf8", [True, False])
async def test_a_letter_leaves_wherever_the_server_can_take_it(speaks_utf8):
    told = Told()
    async with serving(told, Listening, enable_SMTPUTF8=speaks_utf8) as url:
        courier = Courier(MailServer(url))
        outcomes = [await courier.hand_in("b@halden.example", address, LETTER) for address, _, _ in OUT]
        await courier.close()

    left = [(f"TO:<{sent}>", needs) for _, sent, needs in OUT if speaks_utf8 or not needs]
    assert told == left
    assert outcomes == [
        DeliveryOutcome.TAKEN if speaks_utf8 or not needs else DeliveryOutcome.REFUSED for _, _, needs in OUT
    ]


@pytest.mark.parametrize(("written", "sent", "_"), OUT)
def test_a_letter_names_its_reader_as_servers_take_it(written, sent, _):
    mail = compose(words(), FRAME, HEAD._replace(to_address=written), Stream.DUTY)

    header = next(line for line in mail.decode().split("\r\n") if line.startswith("To:"))
    assert header == f"To: Amara Nwosu <{sent}>"
    assert message_from_bytes(mail, policy=default)["Subject"]


def test_a_sender_with_an_internationalised_domain_is_named_by_its_a_labels():
    head = HEAD._replace(sender_address="people@bücher.example")

    assert b"<people@xn--bcher-kva.example>" in compose(words(), FRAME, head, Stream.DUTY)


@pytest.mark.parametrize("address", ["", "ana", "ana@", "@mail.example", "ana@mail.example\r\nBcc: eve@mail.example"])
def test_what_is_no_address_stands_in_no_header(address):
    with pytest.raises(Unaddressable):
        compose(words(), FRAME, HEAD._replace(to_address=address), Stream.DUTY)
