"""What is kept of one person beside facts: for an access export."""

from shared.people.holdings import HeldTable, Holdings

HOLDINGS = Holdings(
    (
        HeldTable("candidacies"),
        HeldTable("sittings"),
        HeldTable("scorecards"),
        HeldTable("assessments"),
        HeldTable("growths"),
        HeldTable("reuses"),
    )
)
