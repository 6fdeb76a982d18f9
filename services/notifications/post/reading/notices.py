"""What mail servers say about a letter: in reports, and in words, each in its own."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.notifications.domain.undelivered import DeliveryTrouble, trouble
from services.notifications.post.reading.parsed_mail import RECEIPT, REPORTS, ParsedMail
from services.notifications.post.reading.reports import (
    AUTHENTICATION_FAILURE,
    NO_COMPLAINTS,
    Recipient,
    feedback,
    notification,
    recipients,
)

# Whoever speaks for a machine: RFC 2142 and what servers call themselves, as an address or as its name
_MACHINES = re.compile(
    r"(?:^|[<\s\"'(])(?:"
    r"(?:mail[-_]?delivery|mail[-_]?server|bounces?|listserv|majordomo|no-?reply|do-?not-?reply|microsoftexchange[0-9a-f]{8,64})"
    r"(?:[+._-][\w.+=-]{0,64})?(?=@)|"
    r"(?:mailer[-_]?daemon|post[-_]?master|mdaemon)(?=[@>\"')\s]|$))|"
    r"mailer[ -]daemon|mail (?:deliver\w*|administrator|router)|mail ?system|system administrator",
    re.I,
)
_SUBJECTS = re.compile(
    r"undeliver|non[- ]?deliver|not (?:be )?deliver|un(?:able|successful)[^\n]{0,20}deliver|"
    r"deliver\w* (?:status|failure|failed|error|problem|report|notification|has failed|delay|incomplete)|"
    r"(?:mail|message)[^\n]{0,20}(?:fail|error|return|delay|bounce|undeliver)|"
    r"returned (?:mail|to sender|message)|return(?:ing|ed)? (?:mail|message)|failure (?:notice|notification)|"
    r"could not send|can(?:no|')t be delivered|user unknown|bounce|unzustellbar|zustellung|"
    r"nicht (?:zugestellt|zustellbar)|"
    r"non remis|non distribu|[ée]chec|no se (?:ha )?(?:podido|pudo|puede) entregar|no entregad|"
    r"onbestelbaar|niet (?:afgeleverd|bezorgd)|(?:non|mancato) recapit|falha na entrega|"
    r"n[aã]o (?:p[oô]de ser )?entreg|niedostarcz|nie dostarcz|недостав|"
    r"не доставлено|配信|未送达|無法",
    re.I,
)
_FAILED = re.compile(
    r"undeliverable|(?:not|n't|unable to|able to) (?:be )?(?:deliver|reach|send|transmit|forward)\w*|"
    r"deliver\w*[^.\n]{0,60}?(?:fail|error|unsuccess|impossible)|fail\w*[^.\n]{0,40}?deliver|not handed over|"
    r"permanent(?: fatal)? error|returned to sender|error[^.\n]{0,40}?(?:deliver|sending)|"
    r"automatically rejected",
    re.I,
)
_REPLY_CODE = re.compile(r"(?:^|[\s:<(])(?:4[2-5]\d|5[0-5]\d)(?:[- ]|: )\s?\S|\(#[45]\.\d{1,3}\.\d{1,3}\)", re.M)
# Where the server ends and what came back begins: its headers, or a line that announces it
_COPY = re.compile(
    r"^[ \t>|]{0,8}(?:(?:received|return-path|dkim-signature|x-received|arc-seal|reporting-mta|delivered-to|"
    r"x-originating-ip|message-id):[ \t]|content-type:[ \t]*(?:message/rfc822|text/rfc822-headers)|"
    r"[-=*| \t]{0,40}[^\n]{0,30}?\b(?:(?:copy|headers?|text) of (?:the |your )?(?:original )?(?:message|mail)|"
    r"(?:original|unsent|returned|undelivered) message|message (?:headers?|text) follows?|"
    r"below this line)[^\n]{0,40}$)",
    re.I | re.M,
)
_ADDRESSEE = re.compile(r"^[ \t]*(?=[<\"']?[\w.+=/-]{1,64}@[\w.-]{1,255}[>\"']?(?:[ \t]*[:(]|[ \t]|$))", re.M)
_ANSWERED = re.compile(r"^[ \t>]*<<< (?!503)[45]\d\d[^\n]*", re.M)
# How far Postfix had come, which it says in its words only
_STAGE = re.compile(r"in reply\s+to\s+[\w ]{0,20}\s?[\w ]{1,20}\s+command|refused\s+to\s+talk\s+to\s+me", re.I)
_DELAYED = "delayed"
_WEIGHT = (DeliveryTrouble.ADDRESS, DeliveryTrouble.SENDER, DeliveryTrouble.MAILBOX, DeliveryTrouble.MOMENT)


class DeliveryNotice(NamedTuple):
    """What servers say of a letter: `trouble` is None where they do not say why."""

    is_delivered: bool = False
    trouble: DeliveryTrouble | None = None
    is_in_words: bool = False  # nothing but words says that a server wrote it


def is_complaint(mail: ParsedMail) -> bool:
    """RFC 5965, and what providers send instead of it. That mail is no spam, or failed to sign in, is no complaint."""
    kind = feedback(mail)
    if kind not in NO_COMPLAINTS and ("message/feedback-report" in mail.kinds or kind):
        return True
    if notification(mail) == "complaint":
        return True
    return "message/rfc822" in mail.kinds and mail.header("Subject").casefold().startswith("complaint about message")


def speaks_for_a_machine(mail: ParsedMail) -> bool:
    """True when it says that a server wrote it, and not the mailbox of a person."""
    if mail.kinds & {*REPORTS, RECEIPT} or notification(mail):
        return True
    return bool(mail.header("X-Failed-Recipients") or _MACHINES.search(mail.header("From")))


def told(mail: ParsedMail) -> DeliveryNotice | None:
    """What servers say of a letter in it; None when they say nothing of one."""
    if kind := feedback(mail):
        return DeliveryNotice(trouble=DeliveryTrouble.SENDER) if kind == AUTHENTICATION_FAILURE else None
    if RECEIPT in mail.kinds:  # RFC 8098: a program tells that it was shown, or deleted
        return DeliveryNotice(is_delivered=True)
    text = mail.statements()
    found, notice = recipients(mail, text), _notice(text)
    if found:
        return _reported(found, mail, notice)
    if not _speaks_of_failure(mail, text, notice):
        return None
    return DeliveryNotice(
        trouble=_why(Recipient("failed"), mail, notice), is_in_words=not mail.header("X-Failed-Recipients")
    )


def _reported(found: list[Recipient], mail: ParsedMail, notice: str) -> DeliveryNotice:
    failed = [r for r in found if not r.has_it]
    if not failed:
        return DeliveryNotice(is_delivered=True)
    stage = _STAGE.search(notice) if len(failed) == 1 else None
    words = [r._replace(diagnostic=f"{r.diagnostic} {stage[0]}") if stage else r for r in failed]
    return DeliveryNotice(trouble=_worst(_why(r, mail, notice) for r in words))


def _speaks_of_failure(mail: ParsedMail, text: str, notice: str) -> bool:
    if mail.header("X-Failed-Recipients") or _SUBJECTS.search(mail.header("Subject")):
        return True
    return bool(_FAILED.search(text) or _REPLY_CODE.search(notice))


def _why(recipient: Recipient, mail: ParsedMail, notice: str) -> DeliveryTrouble | None:
    """By what the other server said, else by what the notice says of it, else by its subject."""
    if recipient.action == _DELAYED:
        return DeliveryTrouble.MOMENT
    return (
        trouble(recipient.diagnostic, recipient.status) or _worst(_reasons(notice)) or trouble(mail.header("Subject"))
    )


def _worst(reasons: Iterable[DeliveryTrouble | None]) -> DeliveryTrouble | None:
    found = set(reasons)
    return next((reason for reason in _WEIGHT if reason in found), None)


def _notice(text: str) -> str:
    """What the server says itself, before the copy of what came back."""
    begins = len(text) - len(text.lstrip())
    found = next((m for m in _COPY.finditer(text) if m.start() > begins), None)
    return text[: found.start()] if found else text


def _reasons(notice: str) -> Iterator[DeliveryTrouble | None]:
    """One for each answer of another server in it, or for each address it speaks of."""
    for words in _ANSWERED.findall(notice) or _ADDRESSEE.split(notice):
        yield trouble(words)
