"""What a mail that came in means: a bounce, a complaint, an absence, something automatic, or words of a person."""

import hashlib
import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from services.notifications.domain.away import last_day_away, speaks_of_absence
from services.notifications.domain.undelivered import DeliveryTrouble
from services.notifications.post.reading.automatic import is_automatic, own_words, says_away
from services.notifications.post.reading.notices import DeliveryNotice, is_complaint, speaks_for_a_machine, told
from services.notifications.post.reading.parsed_mail import ParsedMail

OURS = "X-Talentloop-Forward"  # marks a mail we handed on: coming back, it is not handed on again
_BODY = re.compile(rb"\r?\n\r?\n")


class Meaning(StrEnum):
    """What a mail is."""

    HARD = "hard_bounce"
    SOFT = "soft_bounce"
    COMPLAINT = "complaint"
    DELIVERED = "delivered"
    OUT_OF_OFFICE = "out_of_office"
    AUTOMATIC = "automatic"  # nobody wrote it, and what it says a person must read
    REPLY = "replied"


class ReadMail(NamedTuple):
    """What a mail means, what it is known by when it is brought again, and what else it says."""

    meaning: Meaning
    name: str
    last_day_away: date | None = None
    trouble: DeliveryTrouble | None = None
    is_doubtful: bool = False  # only its words say that a server wrote it, and it came with a sender

    @property
    def needs_a_reader(self) -> bool:
        """True when a person must see the mail itself: we do not know all that it says."""
        is_unclear = self.meaning is Meaning.SOFT and self.trouble is None
        return self.is_doubtful or is_unclear or self.meaning in (Meaning.REPLY, Meaning.COMPLAINT, Meaning.AUTOMATIC)


class OutOfOffice(NamedTuple):
    """Somebody is away: until the end of a day, if they say which."""

    last_day: date | None


def read(content: bytes, *, has_sender: bool, received: date) -> ReadMail:
    """What a mail means. `has_sender`: false for the null return path, which only machines use."""
    mail = ParsedMail(content)
    name = _name(mail, content)
    if is_complaint(mail):
        return ReadMail(Meaning.COMPLAINT, name)
    absence = _absence(mail, received)
    is_from_a_machine = speaks_for_a_machine(mail)
    if (is_from_a_machine or not (has_sender or absence)) and (notice := told(mail)):
        return _returned(notice, name, is_doubtful=has_sender and notice.is_in_words)
    if has_sender and not is_from_a_machine and not is_automatic(mail):
        return ReadMail(Meaning.REPLY, name)
    return ReadMail(Meaning.OUT_OF_OFFICE, name, absence.last_day) if absence else ReadMail(Meaning.AUTOMATIC, name)


def _absence(mail: ParsedMail, received: date) -> OutOfOffice | None:
    words = own_words(mail)
    last_day = last_day_away(words, received)
    return OutOfOffice(last_day) if last_day or says_away(mail) or speaks_of_absence(words) else None


def _returned(notice: DeliveryNotice, name: str, *, is_doubtful: bool) -> ReadMail:
    if notice.is_delivered:
        return ReadMail(Meaning.DELIVERED, name)
    meaning = Meaning.HARD if notice.trouble is DeliveryTrouble.ADDRESS else Meaning.SOFT
    return ReadMail(meaning, name, trouble=notice.trouble, is_doubtful=is_doubtful)


def is_ours(content: bytes) -> bool:
    """True for a mail that we handed on ourselves and that came back."""
    return bool(re.search(rb"(?mi)^" + OURS.encode() + rb":", _head(content)))


def _name(mail: ParsedMail, content: bytes) -> str:
    """Brought again, a mail has the same id and the same words; two with one id are two, and none is lost."""
    identity = mail.header("Message-ID").encode("utf-8", "replace")
    body = _BODY.split(content, maxsplit=1)[-1]
    return hashlib.sha256(identity + b"\n" + body if identity else content).hexdigest()


def _head(content: bytes) -> bytes:
    return _BODY.split(content, maxsplit=1)[0]
