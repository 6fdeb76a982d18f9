"""A mail that left, as whoever is not its reader may look at it: without the links and the address that are theirs."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from services.notifications.letters.links import WITHHELD

# A signed link ends in its token: three parts of base64url, the first of which is an object in JSON.
_SIGNED = re.compile(r"https?://[^\s<>\"']*/eyJ[\w-]*\.[\w-]+\.[\w-]+")
_UNSUBSCRIBING, _ANSWERED_AT = "List-Unsubscribe", "Reply-To"
_IN_THREAD = re.compile(r"[rb]\+[0-9a-f]{48}@.*")  # what comes there is taken for its reader's own words
_NOWHERE = WITHHELD.replace("https://", "withheld@").rstrip("/")


def shown_mail(content: bytes) -> str:
    """The whole mail with its headers; no signature holds any more."""
    mail = message_from_bytes(content, policy=default)
    for part in mail.walk():
        if isinstance(part, EmailMessage) and part.get_content_maintype() == "text":
            part.set_content(_withheld(part.get_content()), subtype=part.get_content_subtype())
            if part is not mail:
                del part["MIME-Version"]
    if mail[_UNSUBSCRIBING]:
        mail.replace_header(_UNSUBSCRIBING, f"<{WITHHELD}>")
    if _IN_THREAD.fullmatch(str(mail[_ANSWERED_AT] or "")):
        mail.replace_header(_ANSWERED_AT, _NOWHERE)
    return mail.as_string()


def _withheld(text: str) -> str:
    return _SIGNED.sub(WITHHELD, text)
