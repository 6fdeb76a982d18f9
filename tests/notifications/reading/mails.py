"""Mails of every kind, and how they are read."""

from datetime import date

from services.notifications.domain.undelivered import DeliveryTrouble
from services.notifications.post.reading import Meaning, read

RECEIVED = date(2026, 12, 18)
ABOUT = "amara@mail.example"


def mail(text: str, *headers: str, subject: str = "Undelivered", sender: str = "MAILER-DAEMON@mx.example") -> bytes:
    """A mail of one part."""
    head = (
        f"From: {sender}",
        f"Subject: {subject}",
        *headers,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    )
    return "\r\n".join((*head, "", *text.splitlines(), "")).encode()


def parts(*found: tuple[str, str], kind: str = "multipart/report", headers: tuple[str, ...] = ()) -> bytes:
    """A mail of several parts, each with its content type."""
    body = [line for name, text in found for line in ("--b", f"Content-Type: {name}", "", *text.splitlines(), "")]
    head = ("From: MAILER-DAEMON@mx.example", "Subject: Undelivered", *headers, "MIME-Version: 1.0")
    return "\r\n".join((*head, f'Content-Type: {kind}; boundary="b"', "", *body, "--b--", "")).encode()


def report(
    *fields: str, text: str = "It did not work.", kind: str = "multipart/report", name: str = "delivery"
) -> bytes:
    """A delivery status with the letter that came back."""
    status = "\n".join(("Reporting-MTA: dns; mx.example", "", f"Final-Recipient: rfc822; {ABOUT}", *fields))
    returned = "Subject: Your interview\n\nBlocked? Full? No such user? 550 5.1.1 is what our letter says."
    return parts(("text/plain", text), (f"message/{name}-status", status), ("message/rfc822", returned), kind=kind)


def meaning(content: bytes, *, has_sender: bool = False) -> Meaning:
    return read(content, has_sender=has_sender, received=RECEIVED).meaning


def trouble(content: bytes) -> DeliveryTrouble | None:
    return read(content, has_sender=False, received=RECEIVED).trouble
