"""What is kept of one person beside facts: for an access export."""

from shared.people.holdings import HeldTable, Holdings

_ASKED = "(SELECT body FROM demands d WHERE d.organization = $1 AND d.demand = x.demand) AS asked"

HOLDINGS = Holdings(
    (
        HeldTable("members"),
        HeldTable("matches"),
        HeldTable("past_matches"),
        HeldTable("runs", also=_ASKED),
        HeldTable("keeping"),
        HeldTable("mentorships"),
        HeldTable("descriptions"),
        HeldTable("skills"),
    )
)
