"""What a reply quotes of our letter opens nothing for whoever is handed it."""

from email import message_from_bytes
from email.policy import SMTP, default

import pytest

from services.notifications.letters.held_mail import readable
from services.notifications.letters.quoted_mail import without_keys
from services.notifications.post.composing import token
from shared.contracts.links import LINKS
from shared.web.links import Links
from tests.notifications.facts import at
from tests.notifications.incoming.mails import DOMAIN, KEY, LETTER, words

REPLIED_TO = f"r+{token(LETTER, KEY)}@{DOMAIN}"
CV = bytes(range(256)) * 400


def own_links() -> list[str]:
    """One of each kind, with as little in it as any has."""
    links = Links("l" * 32)
    return [
        links.address(kind, "https://me.halden.example", "o", *("1" for _ in kind.about), now=at("2026-11-16 08:00"))
        for kind in LINKS
    ]


def wrapped(link: str) -> str:
    """As a mail filter rewrites it."""
    return f"https://safe.example/?url={link.replace(':', '%3A').replace('/', '%2F')}&data=05"


def reply(encoding: str) -> bytes:
    mail = words(To=f"Halden People <{REPLIED_TO}>")
    quoted = [*own_links(), *(wrapped(link) for link in own_links())]
    mail.set_content("\n> ".join(["Gern, auch Zoë!", f"{REPLIED_TO} wrote:", *quoted]), cte=encoding)
    mail.add_alternative("".join(f'<p>Zoë<a href="{q}">{q}</a></p>\n' for q in quoted), "html", cte=encoding)
    mail.add_attachment(CV, maintype="application", subtype="pdf", filename="cv.pdf")
    return mail.as_bytes(policy=SMTP)


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_a_reply_without_keys_still_says_all_else(encoding):
    came = reply(encoding)

    mail = message_from_bytes(without_keys(came), policy=default)

    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "eyJ" not in text + html
    assert REPLIED_TO not in text + str(mail)
    assert all("/me/withheld" in said and "Zoë" in said and "&data=05" in said for said in (text, html))
    assert mail["To"] == f"Halden People <withheld@{DOMAIN}>"
    assert [part.get_content() for part in mail.iter_attachments()] == [CV]


def test_an_export_shows_a_reply_without_keys():
    [shown] = readable({"letters": [], "ledger": [], "incoming": [{"content": rf"\x{reply('8bit').hex()}"}]})[
        "incoming"
    ]

    assert "Zoë" in shown["content"]
    assert "eyJ" not in shown["content"]
    assert REPLIED_TO not in shown["content"]


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_a_mail_that_quotes_nothing_of_ours_stays_byte_for_byte(encoding):
    mail = words()
    mail.set_content("See https://zoe.example/" + "work-" * 40 + " – Zoë\n" + "r+d@zoe.example\n", cte=encoding)
    mail.add_attachment(CV, maintype="application", subtype="pdf", filename="cv.pdf")
    came = mail.as_bytes(policy=SMTP)

    assert without_keys(came) == came
