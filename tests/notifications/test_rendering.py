"""What stands in a mail: no value adds a header or markup, and every name arrives."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from services.notifications.domain.mailbox import mailbox_of
from services.notifications.letters.held_mail import readable
from services.notifications.letters.links import WITHHELD
from services.notifications.letters.rendering import COLOUR, LetterFrame, language_for, write, written_name
from services.notifications.letters.shown_mail import shown_mail
from services.notifications.post.composing import Letterhead, Unaddressable, compose, token
from shared.contracts import Stream
from shared.contracts.links import UNSUBSCRIBE
from shared.web.links import Links
from tests.notifications.facts import at

ROOT = Path(__file__).parents[2]
WITHHELD_ADDRESS = "withheld@the-readers-own-link.invalid"
FRAME = LetterFrame("en", "Halden", "#ffee00")
HEAD = Letterhead(
    sender_name="Halden People",
    sender_address="people@halden.example",
    to_name="Amara Nwosu",
    to_address="amara@mail.example",
    reply_address="r+1@mail.halden.example",
    message_id="<1@mail.halden.example>",
    written_at=at("2026-11-16 08:00"),
)


def words(**more):
    values = {"organization": "Halden", "name": "Amara", "title": None, "sender": "Halden", "person": None}
    values |= {"hired_nobody": False} | more
    return write("what_happens_next", "en", **values)


@pytest.mark.parametrize("field", ["to_name", "sender_name", "to_address", "sender_address", "reply_address"])
def test_no_value_can_add_a_header(field):
    head = HEAD._replace(**{field: f"{getattr(HEAD, field)}\r\nBcc: eve@evil.example"})

    with pytest.raises(Unaddressable):
        compose(words(), FRAME, head, Stream.DUTY)


def test_a_mail_is_shown_to_others_without_the_links_that_are_its_readers_alone():
    own = Links("k" * 32).address(UNSUBSCRIBE, "https://talent.example", "halden", "amara", now=at("2026-11-16 08:00"))
    frame = FRAME._replace(unsubscribe_link=own, page_link=own)
    left = compose(words(name="Zoë", job_url="https://jobs.example/1"), frame, HEAD, Stream.NURTURE)

    shown = message_from_bytes(shown_mail(left).encode(), policy=default)
    kept = {"kind": "decision", "content": rf"\x{left.hex()}"}
    [exported] = readable({"letters": [kept], "ledger": [], "incoming": []})["letters"]

    assert exported["content"] == shown_mail(left)  # whoever reads an export need not be who it is about
    assert own.encode() in left.replace(b"=\r\n", b"")
    assert "eyJ" not in shown.as_string().replace("=\n", "")
    for kind in ("plain", "html"):
        body = shown.get_body((kind,)).get_content()
        assert WITHHELD in body
        assert "Zoë" in body


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"r+{token('018f0000-0000-7000-8000-000000000001', 'k' * 32)}@mail.halden.example", WITHHELD_ADDRESS),
        ("ines@halden.example", "ines@halden.example"),
    ],
)
def test_nobody_who_looks_at_a_mail_learns_where_its_reader_alone_answers(address, shown):
    left = compose(words(), FRAME, HEAD._replace(reply_address=address), Stream.DUTY)

    assert message_from_bytes(shown_mail(left).encode(), policy=default)["Reply-To"] == shown


def test_markup_in_a_name_stays_text():
    mail = message_from_bytes(compose(words(name="<b>Amara</b>"), FRAME, HEAD, Stream.DUTY), policy=default)

    assert "&lt;b&gt;Amara" in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("Sign in again: https://evil.example/in", "Sign in again: https: //evil. example/in"),
        ("www.evil.example", "www. evil. example"),
        ("eve@evil.example", "eve@ evil. example"),
        ("evil。example", "evil。 example"),
        ("Dr. J.R.R. Tolkien, Ph.D.", "Dr. J.R.R. Tolkien, Ph.D."),
        ("Zoë 山田-O'Neill", "Zoë 山田-O'Neill"),
    ],
)
def test_no_mail_program_makes_a_link_of_a_name_that_somebody_chose(chosen, said):
    assert written_name(chosen) == said


def test_names_of_all_scripts_arrive():
    head = HEAD._replace(to_name="Zoë 山田, Jr.")

    mail = message_from_bytes(compose(words(), FRAME, head, Stream.DUTY), policy=default)

    assert mail["To"].addresses[0].display_name == "Zoë 山田, Jr."


@pytest.mark.parametrize("address", ["amara@mail.example", "jürgen@mail.example"])
def test_the_link_to_unsubscribe_stands_whole_in_its_header_however_long_it_is(address):
    """One click works where a mail program finds the link as RFC 8058 spells it, never in encoded words."""
    link = f"https://notifications.example.com/unsubscribe/{'eyJ0eXAiOiJKV1Qi.' * 30}"

    mail = compose(words(), FRAME._replace(unsubscribe_link=link), HEAD._replace(to_address=address), Stream.NURTURE)

    assert f"\r\nList-Unsubscribe: <{link}>\r\nList-Unsubscribe-Post: ".encode() in mail
    assert message_from_bytes(mail, policy=default)["List-Unsubscribe"] == f"<{link}>"


def test_the_organisations_colour_carries_readable_words_and_nothing_tracks():
    html = (
        message_from_bytes(compose(words(), FRAME, HEAD, Stream.DUTY), policy=default).get_body(("html",)).get_content()
    )

    assert "#ffee00" in html
    assert "<img" not in html
    assert "width=device-width" in html


def test_mails_have_the_colours_of_pages_and_console():
    tokens = (ROOT / "shared/web/templates/pages/tokens.css").read_text()
    layout = (ROOT / "services/notifications/templates/mail/layout.html").read_text()

    used = set(re.findall(r"#[0-9a-f]{3,6}\b", layout)) | {COLOUR}

    assert used - set(re.findall(r"#[0-9a-f]{3,6}\b", tokens)) == set()


def test_the_first_language_with_words_is_taken():
    assert language_for("xx", "en-GB", "de") == "en"
    assert language_for(None, None) == "en"


def test_a_mailbox_is_the_same_without_case_and_plus_and_a_secret_without_the_key():
    one = mailbox_of("Amara+jobs@Mail.example", "k" * 32)

    assert one == mailbox_of("amara@mail.example", "k" * 32)
    assert one != mailbox_of("amara@mail.example", "x" * 32)


def test_a_reply_address_fits_and_names_one_letter():
    made = token("46fa84a4-c87a-580c-8498-b3474aba20b9", "k" * 32)

    assert len(f"r+{made}") <= 64
    assert made != token("46fa84a4-c87a-580c-8498-b3474aba20b9", "x" * 32)
