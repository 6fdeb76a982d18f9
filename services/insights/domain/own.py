"""What an interviewer is told of themselves, and nobody else is."""

from collections.abc import Sequence
from datetime import datetime

from services.insights.domain.calibration import calibrate, leniency
from services.insights.domain.figures import share
from services.insights.domain.measures import Figure
from services.insights.domain.rounds import count_scorecards
from services.insights.domain.rows import Assessment, Scorecard


def own_figures(
    interviewer: str,
    scorecards: Sequence[Scorecard],
    assessments: Sequence[Assessment],
    together: Sequence[Assessment],
    now: datetime,
) -> list[Figure]:
    """Leniency, and how their feedback came. `together`: what they and others rated of the same people."""
    known = {c.interviewer: c for c in calibrate(together)}
    counts = count_scorecards(scorecards, now)
    asked = [a for a in assessments if a.asked]
    people = len({s.candidate for s in scorecards})
    return [
        leniency(known.get(interviewer)),
        share("scored", counts["in_time"], counts["owed"], people),
        share("shareable", counts["shareable"], counts["given"], people),
        share("not_assessed", sum(a.level is None for a in asked), len(asked), len({a.candidate for a in asked})),
    ]
