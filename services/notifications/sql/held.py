"""What is kept of one person beside facts: for an access export."""

from typing import Any

from services.notifications.domain.policy import TO_COLLEAGUES
from shared.people.holdings import Held, HeldTable, Holdings

OF_A_COLLEAGUE = ("address", "sender", "mailbox", "content")  # where somebody else reads, and their mail


def _readable(held: Held) -> Held:
    """Mails as they left or came in, and nothing of a colleague's who was written to about somebody."""
    colleagues = {letter["letter"] for letter in held["letters"] if letter["kind"] in TO_COLLEAGUES}
    return held | {
        "letters": [_theirs(_with_text(letter)) for letter in held["letters"]],
        "ledger": [sent for sent in held["ledger"] if sent["letter"] not in colleagues],
        "incoming": [_with_text(mail) for mail in held["incoming"]],
    }


def _with_text(row: dict[str, Any]) -> dict[str, Any]:
    content = row["content"]
    return row | {"content": content and bytes.fromhex(content.removeprefix(r"\x")).decode("utf-8", "replace")}


def _theirs(letter: dict[str, Any]) -> dict[str, Any]:
    if letter["kind"] not in TO_COLLEAGUES:
        return letter
    return {name: None if name in OF_A_COLLEAGUE else value for name, value in letter.items()}


HOLDINGS = Holdings(
    (
        HeldTable("letters"),
        HeldTable("verdicts", "letters", ["letter"]),
        HeldTable("edits", "letters", ["letter"]),
        HeldTable("ledger", "letters", ["mailbox", "letter"]),
        HeldTable("used_surveys", "letters", ["letter"]),
        HeldTable("readers"),
        HeldTable("incoming"),
        HeldTable("tasks"),
        HeldTable("waits"),
        HeldTable("reviews"),
    ),
    _readable,
)
