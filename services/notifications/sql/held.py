"""What is kept of one person beside facts: for an access export."""

from shared.people.holdings import HeldTable, Holdings

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
        HeldTable("asked_waits"),
        HeldTable("reviews"),
    )
)
