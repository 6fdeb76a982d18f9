"""Mails as servers and people send them, and the post with its ear open."""

from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib
from prometheus_client import REGISTRY

from services.notifications.post.composing import token
from services.notifications.post.running import Post
from tests.notifications.conftest import settings_of

DOMAIN = "mail.halden.example"
LETTER = "46fa84a4-c87a-580c-8498-b3474aba20b9"
KEY = "l" * 32


@asynccontextmanager
async def listening(stage, addresses, letterbox, **more):
    """The stage's post with its ear open."""
    settings = settings_of(addresses.url, letterbox.mail.url, inbound_port=1, **more)
    stage.post = Post(stage.runtime, settings)
    stage.post.listener.port = 0  # any that is free
    await stage.post.listener.open()
    yield stage.post.listener.port
    await stage.post.close()


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


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("talentloop_mails_in_total", {"outcome": outcome}) or 0
