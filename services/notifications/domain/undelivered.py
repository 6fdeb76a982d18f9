"""Why a letter did not arrive, judged by what a mail server said: its status codes and its words.

RFC 3463 names the classes; servers add words of their own, and many send a basic code with words only. Words speak
first, because servers are careless with codes: `5.1.1` for a full mailbox, `5.0.0` for a name nobody has.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from services.notifications.domain.server_words import (
    BUSY,
    CLOSED,
    FULL,
    LATER,
    LOOKED_UP_IN_VAIN,
    NOBODY,
    NOBODY_FOR_SURE,
    NOWHERE,
    OF_THE_SENDER,
    REFUSED,
    REJECTED_ADDRESS,
    THEIR_MAILBOX_IS_CLOSED,
)

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# In running words a code follows a reply code, `#`, `:` or a bracket, or begins a line; addresses and dates do not
_WRITTEN = re.compile(r"(?:^|(?<![\d.])[45]\d\d[- :]+|[#:(]\s?)(?=[245]\.\d{1,3}\.\d{1,3}(?![\d.]))", re.M)
_FINAL = re.compile(r"(?<![\d.:])5[0-5]\d(?=[- :])")
_NAMES = re.compile(r"https?://\S+|<[^<>\s]*>|[\w.+=/-]{1,64}@[\w.-]{1,255}|\b(?:[\w-]{1,63}\.){1,10}[\w-]{1,63}\b")
_AFTER_CONTENT = re.compile(r"(?:in reply to|after) (?:the )?end of data")
_SPACES = re.compile(r"\s+")
_NO_MAILBOX = re.compile(
    r"\bip[- ]?(?:v[46] )?(?:addr\w*|adress\w*)|\b(?:adresse|direcci[oó]n|indirizzo|endere[cç]o) ip\b"
)
_NOT_OF_ADDRESSES = re.compile(r"(?:^|[\s:<])(?:421|503|504|530|535|538)(?=[- ])")  # RFC 5321, 4954: of the session
_OF_COMMANDS = frozenset(("5.1", "5.2", "5.4"))
_UNDEFINED = frozenset(("0.0", "1.0", "3.0", "4.0", "5.0"))
_OTHER_MAILBOX_STATUS = "2.0"
_POLICY = "7"


class DeliveryTrouble(StrEnum):
    """What stood in the way."""

    ADDRESS = "address"  # nobody is there, and nobody will be
    MAILBOX = "mailbox"  # it is full, closed or filtered: it may open again
    SENDER = "sender"  # they take nothing like this from us: policy, blocks, authentication, content
    MOMENT = "moment"  # networks, queues, machines


class EnhancedStatusCode(NamedTuple):
    """An enhanced status code: its class, and what it is about."""

    kind: str
    about: str

    @property
    def is_permanent(self) -> bool:
        """True when it is for good."""
        return self.kind == "5"


# RFC 3463, the registry that grew from it, and what Exchange Online added (5.4.310)
_BY_DETAIL = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.10", "4.4", "4.310"), DeliveryTrouble.ADDRESS),
    **dict.fromkeys(("1.7", "1.8", "1.9", "2.3", "3.3", "3.4"), DeliveryTrouble.SENDER),
}
_BY_SUBJECT = {
    "2": DeliveryTrouble.MAILBOX,
    "3": DeliveryTrouble.MOMENT,
    "4": DeliveryTrouble.MOMENT,
    "5": DeliveryTrouble.MOMENT,
    "6": DeliveryTrouble.SENDER,
    "7": DeliveryTrouble.SENDER,
}


def trouble(words: str, status: str = "") -> DeliveryTrouble | None:
    """Why, by one server's words about one address and the status it is given; None when neither says."""
    said = _SPACES.sub(" ", words.casefold())
    own = _written(words)
    code = own or _status(status)
    if code and code.about == _OTHER_MAILBOX_STATUS:
        return DeliveryTrouble.MAILBOX  # `unknown user` beside it says only that the reader's filter took offence
    is_final = bool(_FINAL.search(words)) or (code is not None and code.is_permanent)
    return _by_words(said, code, own, is_final=is_final) or _by_code(code)


def _by_words(
    said: str, code: EnhancedStatusCode | None, own: EnhancedStatusCode | None, *, is_final: bool
) -> DeliveryTrouble | None:
    plain = _SPACES.sub(" ", _NAMES.sub(" ", said))
    if OF_THE_SENDER.search(plain):
        return DeliveryTrouble.SENDER
    if FULL.search(plain) or THEIR_MAILBOX_IS_CLOSED.search(plain):
        return DeliveryTrouble.MAILBOX
    if NOBODY_FOR_SURE.search(said):
        return DeliveryTrouble.ADDRESS
    if not _names_the_address(code):
        if REFUSED.search(plain):
            return DeliveryTrouble.SENDER
        if CLOSED.search(plain):
            return DeliveryTrouble.MAILBOX
    return _of_the_address(plain, own) or _of_the_way(plain, code, is_final=is_final)


def _of_the_address(plain: str, own: EnhancedStatusCode | None) -> DeliveryTrouble | None:
    """Who knows nobody of a name only after reading the letter filters; and who says policy means policy."""
    if LOOKED_UP_IN_VAIN.search(plain):
        return DeliveryTrouble.MOMENT
    if not NOBODY.search(_NO_MAILBOX.sub(" ", plain)) or _NOT_OF_ADDRESSES.search(plain) or (own and _is_of_us(own)):
        return None
    return DeliveryTrouble.MAILBOX if _AFTER_CONTENT.search(plain) else DeliveryTrouble.ADDRESS


def _is_of_us(code: EnhancedStatusCode) -> bool:
    """It speaks of who writes, and how: policy, the sender, the syntax of a command."""
    is_of_sender = _BY_DETAIL.get(code.about) is DeliveryTrouble.SENDER
    return is_of_sender or code.about.startswith(_POLICY) or code.about in _OF_COMMANDS


def _of_the_way(plain: str, code: EnhancedStatusCode | None, *, is_final: bool) -> DeliveryTrouble | None:
    is_nowhere = bool(NOWHERE.search(plain))
    if is_nowhere and is_final:
        return DeliveryTrouble.ADDRESS
    if LATER.search(plain):
        return DeliveryTrouble.MOMENT
    if is_nowhere or REJECTED_ADDRESS.search(plain):
        return DeliveryTrouble.ADDRESS
    return DeliveryTrouble.MOMENT if BUSY.search(plain) and not _names_the_address(code) else None


def _names_the_address(code: EnhancedStatusCode | None) -> bool:
    return code is not None and code.is_permanent and _BY_DETAIL.get(code.about) is DeliveryTrouble.ADDRESS


def _by_code(code: EnhancedStatusCode | None) -> DeliveryTrouble | None:
    if code is None or code.about in _UNDEFINED:
        return None
    found = _BY_DETAIL.get(code.about) or _BY_SUBJECT.get(code.about.partition(".")[0])
    return DeliveryTrouble.MOMENT if found is DeliveryTrouble.ADDRESS and not code.is_permanent else found


def _written(words: str) -> EnhancedStatusCode | None:
    """The first code that stands in running words."""
    found = _WRITTEN.search(words)
    return _status(words[found.end() : found.end() + 12]) if found else None


def _status(written: str) -> EnhancedStatusCode | None:
    found = _STATUS.match(written.strip())
    return EnhancedStatusCode(found[1], f"{int(found[2])}.{int(found[3])}") if found else None
