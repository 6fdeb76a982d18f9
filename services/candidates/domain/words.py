"""Why somebody stands where they stand, in short sentences for the people who decide."""

from services.candidates.domain.records import AssessedApplication, CandidateRecord, MembershipReview
from shared.contracts import MemberStatus, Outcome, ReviewAction, Tier

VERDICTS = ("strong no", "no", "yes", "strong yes")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
TIERS = {
    Tier.SILVER_MEDALIST: "Silver medalist",
    Tier.PROMISING: "Promising",
    Tier.DEVELOPING: "Developing",
    Tier.UNASSESSED: "Unassessed",
}


def why(
    record: CandidateRecord,
    application: AssessedApplication,
    tier: Tier,
    status: MemberStatus,
    review: MembershipReview | None,
) -> tuple[str, ...]:
    """The sentences for one place in the pool. Candidates may have them: a colleague who decided is a person, no name.

    `review` is None unless it stands.
    """
    found = (
        _because(application, tier, review),
        *_against(application, tier),
        _decided(review),
        _standing(record, status),
    )
    return tuple(sentence for sentence in found if sentence)


def in_words(count: int) -> str:
    """Numbers up to ten as words."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def verdicts(points: tuple[int, ...] | list[int]) -> str:
    """The verdicts, best first: `strong yes, no`."""
    return ", ".join(VERDICTS[p] for p in sorted(points, reverse=True))


def _because(application: AssessedApplication, tier: Tier, review: MembershipReview | None) -> str:
    if review and review.action is ReviewAction.RETIER:
        return f"{TIERS[tier]}: a person chose this tier on {review.reviewed_at:%Y-%m-%d}."
    if application.outcome is Outcome.OFFER_DECLINED:
        return f"{TIERS[tier]}: an offer was made and declined."
    if tier is Tier.PROMISING and not _enough(application):
        return f"{TIERS[tier]}: the recruiter would reconsider."
    if not application.points:
        return f"{TIERS[tier]}: there is no verdict."
    count = len(application.points)
    return f"{TIERS[tier]}: {in_words(count)} verdict{'s' * (count > 1)} ({verdicts(list(application.points))})."


def _enough(application: AssessedApplication) -> bool:
    n, s = len(application.points), sum(application.points)
    return n >= 1 and 2 * s >= 3 * n


def _against(application: AssessedApplication, tier: Tier) -> list[str]:
    """Verdicts that speak against a tier above developing are named."""
    total = len(application.points)
    if tier not in (Tier.SILVER_MEDALIST, Tier.PROMISING) or total < 2:
        return []
    counts = [(VERDICTS[p], list(application.points).count(p)) for p in (1, 0)]
    return [
        f"Mind that {in_words(count)} of {in_words(total)} verdicts {'was' if count == 1 else 'were'} {verdict}."
        for verdict, count in counts
        if count
    ]


def _decided(review: MembershipReview | None) -> str:
    """A removal leaves no sentence: who is out has a reason instead."""
    match review:
        case MembershipReview(action=ReviewAction.CONFIRM):
            return f"A person looked at it on {review.reviewed_at:%Y-%m-%d} and confirmed it."
        case MembershipReview(action=ReviewAction.INVITE):
            return f"A person decided on {review.reviewed_at:%Y-%m-%d} to invite them."
        case _:
            return ""


def _standing(record: CandidateRecord, status: MemberStatus) -> str:
    match status:
        case MemberStatus.HELD:
            return "Held until a person confirms: a strong no stands against this tier."
        case MemberStatus.PAUSED:
            return "Paused: an application is undecided."
        case MemberStatus.ACTIVE:
            return f"Consented to the talent pool on {record.consent.given_at:%Y-%m-%d}." if record.consent else ""
        case MemberStatus.INVITED | MemberStatus.NOT_INVITED:
            return ""
