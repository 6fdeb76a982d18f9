"""What people answered to letters: their wishes, and until when they want to hear nothing."""

from datetime import datetime

from dateutil.relativedelta import relativedelta

from services.notifications.domain.records import CandidateResponse, CandidateWish
from services.notifications.sql.person_facts import PersonFact, instant, maybe
from shared.contracts import ResponseKind

NOT_NOW = relativedelta(months=6)
WISHES = ("disputed", "feedback_rated", "feedback_requested", "review_requested")


def answers(responses: list[PersonFact], kind: str, via: str | None = None) -> list[CandidateResponse]:
    return [
        CandidateResponse(k.fact, instant(k.body["responded_at"]), maybe(k.body.get("until")), k.body.get("match"))
        for k in responses
        if k.body["kind"] == kind and k.body.get("via") == via
    ]


def away_until(responses: list[PersonFact]) -> datetime | None:
    """Until when they are away, as they said last: whoever comes back earlier says so."""
    said = [a for a in answers(responses, "out_of_office") if a.until]
    newest = max(said, key=lambda a: (a.at, a.until), default=None)
    return newest.until if newest else None


def wishes(responses: list[PersonFact], ends: list[PersonFact]) -> list[CandidateWish]:
    """What they said of answers; `ends`: how what they asked for ended, also where it was taken up again."""
    reopened = {k.fact: maybe(k.body.get("reopened_at")) for k in ends}
    return [
        CandidateWish(
            k.fact,
            ResponseKind(k.body["kind"]),
            instant(k.body["responded_at"]),
            k.body.get("letter"),
            k.body.get("rating"),
            k.candidate,
            k.body.get("text"),
            reopened.get(k.fact),
        )
        for k in responses
        if k.body["kind"] in WISHES
    ]


def not_now_until(responses: list[PersonFact]) -> datetime | None:
    """Until when they asked to be left alone, if that was their newest choice."""
    chosen = [k for k in responses if k.body["kind"] in ("not_now", "interested")]
    newest = max(chosen, key=lambda k: (instant(k.body["responded_at"]), k.body["kind"]), default=None)
    if newest is None or newest.body["kind"] != "not_now":
        return None
    until: datetime | None = maybe(newest.body.get("until")) or instant(newest.body["responded_at"]) + NOT_NOW
    return until
