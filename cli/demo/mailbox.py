"""What lies in the candidates' mailboxes, and following the links in it as they would."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

import httpx

from cli.errors import Failed
from local.post_office import read_letters

_FORM = re.compile(r'<form method="post">(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_LINK = re.compile(r"https?://[^\s<>\"]+")
_parser = BytesParser(policy=policy.default)


class ReceivedMail(NamedTuple):
    """One mail as its reader sees it."""

    to: str
    subject: str
    text: str
    calendars: int  # files for a calendar

    def says(self, words: str) -> bool:
        """True when these words stand in it, wherever its lines break."""
        return words in " ".join(self.text.split())

    @property
    def links(self) -> list[str]:
        """Every address in its text."""
        return _LINK.findall(self.text)


def open_mails(folder: Path) -> list[ReceivedMail]:
    """Every mail that was delivered, in the order of arrival."""
    return [_mail(_parser.parsebytes(letter)) for letter in read_letters(folder)]


def _mail(message: EmailMessage) -> ReceivedMail:
    body = message.get_body(preferencelist=("plain", "html"))
    text = str(body.get_content()) if isinstance(body, EmailMessage) else ""
    calendars = sum(part.get_content_type() == "text/calendar" for part in message.walk())
    return ReceivedMail(str(message["to"]), str(message["subject"]), text, calendars)


def find_link(mails: list[ReceivedMail], person: str, part: str) -> str:
    """The link with this part in the newest mail to somebody that has one. Raises Failed."""
    for mail in reversed(mails):
        if f"{person}@" in mail.to:
            for link in mail.links:
                if part in link:
                    return link
    raise Failed(f"No mail to {person} holds a link with {part}.")


async def tap(web: httpx.AsyncClient, link: str, answer: str, name: str = "answer", **besides: str) -> None:
    """Open the page behind a link, then press the button with this answer. Raises Failed when there is none.

    `besides`: what else its form holds, such as a box that was ticked.
    """
    page = await web.get(link)
    form = next((form for form in _FORM.findall(page.text) if _has(form, besides, name, answer)), None)
    if form is None:
        raise Failed(f"The page of the link answers {page.status_code} and has no button {answer!r}.")
    pressed = await web.post(link, data={**dict(_HIDDEN.findall(form)), **besides, name: answer})
    if pressed.is_error:
        raise Failed(f"Pressing {answer!r} answers {pressed.status_code}: {pressed.text[:300]}")


def _has(form: str, besides: dict[str, str], name: str, answer: str) -> bool:
    """The button is in this form, and so is everything that is sent with it."""
    return all(f'name="{n}" value="{v}"' in form for n, v in {**besides, name: answer}.items())


async def fill_in(web: httpx.AsyncClient, link: str, given: dict[str, str], thanks: str) -> None:
    """Open the form behind a link, write into its fields and send it. Raises Failed when it does not thank for it."""
    page = await web.get(link)
    missing = [name for name in given if f'name="{name}"' not in page.text]
    if missing:
        raise Failed(f"The form of the link answers {page.status_code} and has no field {missing[0]!r}.")
    sent = await web.post(link, data=given)
    if sent.is_error or thanks not in sent.text:
        raise Failed(f"Sending the form answers {sent.status_code}: {sent.text[:300]}")
