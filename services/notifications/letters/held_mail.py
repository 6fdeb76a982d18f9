"""What is kept of one person, as an access export shows it: whoever reads it need not be who it is about."""

from collections.abc import Callable
from typing import Any

from services.notifications.domain.policy import TO_COLLEAGUES
from services.notifications.letters.quoted_mail import without_keys
from services.notifications.letters.shown_mail import shown_mail
from shared.people.holdings import Held

OF_A_COLLEAGUE = ("address", "sender", "mailbox", "content")  # where somebody else reads, and their mail


def readable(held: Held) -> Held:
    """Mails as they came in, or left, without what acts as their reader; nothing of colleagues who were written to."""
    colleagues = {letter["letter"] for letter in held["letters"] if letter["kind"] in TO_COLLEAGUES}
    return held | {
        "letters": [_theirs(_with_text(letter, shown_mail)) for letter in held["letters"]],
        "ledger": [sent for sent in held["ledger"] if sent["letter"] not in colleagues],
        "incoming": [_with_text(mail, _decoded) for mail in held["incoming"]],
    }


def _with_text(row: dict[str, Any], text_of: Callable[[bytes], str]) -> dict[str, Any]:
    content = row["content"]
    return row | {"content": content and text_of(bytes.fromhex(content.removeprefix(r"\x")))}


def _decoded(content: bytes) -> str:
    return without_keys(content).decode("utf-8", "replace")


def _theirs(letter: dict[str, Any]) -> dict[str, Any]:
    if letter["kind"] not in TO_COLLEAGUES:
        return letter
    return {name: None if name in OF_A_COLLEAGUE else value for name, value in letter.items()}
