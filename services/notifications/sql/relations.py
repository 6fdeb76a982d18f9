"""Who mentors whom, and who recommended whom, as candidates said it."""

from collections.abc import Iterator
from datetime import date

from services.notifications.domain.relations import HeardMentorship, Referral
from services.notifications.sql.person_facts import Facts, PersonFact, maybe


def relations(facts: Facts) -> Iterator[PersonFact]:
    """The facts that name a colleague as mentor or as who recommended somebody."""
    yield from facts.get("mentorship-proposed", ())
    yield from facts.get("referral-made", ())


def mentorships(facts: Facts) -> list[HeardMentorship]:
    """Each proposal, and whether it began and is over: of accepted and ended the newer holds."""
    accepted = {k.fact: k for k in facts.get("mentorship-accepted", ())}
    ended = {k.fact: k for k in facts.get("mentorship-ended", ())}
    return [
        _mentorship(k, accepted.get(k.fact), ended.get(k.fact))
        for k in sorted(facts.get("mentorship-proposed", ()), key=lambda k: k.fact)
    ]


def _mentorship(proposed: PersonFact, accepted: PersonFact | None, ended: PersonFact | None) -> HeardMentorship:
    body, over = proposed.body, ended if ended and (accepted is None or accepted.time <= ended.time) else None
    return HeardMentorship(
        relation=proposed.fact,
        candidate=proposed.candidate,
        mentor=body["user"],
        goals=body["goals"],
        ends_on=date.fromisoformat(body["ends_on"]),
        proposed_at=proposed.time,
        agreed_at=maybe(body.get("agreed_at")),
        renewed_at=maybe(body.get("renewed_at")),
        began_at=accepted.time if accepted else None,
        ended_at=over.time if over else None,
        ending=over.body["reason"] if over else None,
        is_historical=proposed.is_historical,
    )


def referrals(facts: Facts) -> list[Referral]:
    """Everything that colleagues recommended them for."""
    return [
        Referral(k.fact, k.candidate, k.body["user"], k.time, k.job, k.body.get("note"), k.is_historical)
        for k in sorted(facts.get("referral-made", ()), key=lambda k: k.fact)
    ]
