"""Where people stand in the pool, and what they are proposed for, as candidates said it."""

from services.notifications.domain.relations import AcceptedMatch, PoolMembership, ProposedMatch
from services.notifications.sql.person_facts import Facts, PersonFact, instant, maybe
from shared.contracts import MatchOutcome, MemberStatus


def memberships(facts: Facts) -> list[PoolMembership]:
    """Of each membership the newest of pooled and left."""
    newest: dict[str, PersonFact] = {}
    for k in (*facts.get("candidate-pooled", ()), *facts.get("candidate-left-pool", ())):
        if k.fact not in newest or newest[k.fact].time < k.time:
            newest[k.fact] = k
    applied = (*facts.get("application-decided", ()), *facts.get("application-submitted", ()))
    jobs = {k.fact: k.job for k in applied if k.job}
    reviewed = {k.fact: instant(k.body["reviewed_at"]) for k in facts.get("membership-reviewed", ())}
    return [
        PoolMembership(
            membership=fact,
            candidate=k.candidate,
            family=k.body["family"],
            application=k.body["application"],
            is_invited=k.body["status"] == "invited",
            is_historical=k.is_historical,
            reviewed_at=reviewed.get(fact),
            is_active=k.body["status"] == "active",
            reconfirm_at=maybe(k.body.get("reconfirm_at")),
            is_held=k.body["status"] == MemberStatus.HELD,
            job=jobs.get(k.body["application"]),
        )
        for fact, k in sorted(newest.items())
        if k.topic == "candidate-pooled"
    ]


def proposals(facts: Facts) -> list[AcceptedMatch]:
    """Matches that a person accepted; withdrawn when that was said last, unless they stand under another id."""
    withdrawn = {k.fact: k.time for k in facts.get("match-withdrawn", ())}
    matched = facts.get("candidate-matched", ())
    standing = {k.job for k in matched if k.fact not in withdrawn or k.time > withdrawn[k.fact]}
    return [
        AcceptedMatch(
            match=k.fact,
            candidate=k.candidate,
            job=k.body["job"],
            accepted_at=instant(k.body["reviewed_at"]),
            not_before=maybe(k.body.get("not_before")),
            is_withdrawn=k.fact in withdrawn and k.body["job"] not in standing,
            is_historical=k.is_historical,
        )
        for k in sorted(facts.get("match-reviewed", ()), key=lambda k: k.fact)
        if k.body["outcome"] == MatchOutcome.ACCEPTED
    ]


def proposed(facts: Facts) -> list[ProposedMatch]:
    """Matches that stand, and that nobody has decided about."""
    withdrawn = {k.fact: k.time for k in facts.get("match-withdrawn", ())}
    decided = {k.fact for k in facts.get("match-reviewed", ())}
    return [
        ProposedMatch(k.fact, k.candidate, k.job or "")
        for k in sorted(facts.get("candidate-matched", ()), key=lambda k: k.fact)
        if k.fact not in decided and (k.fact not in withdrawn or k.time > withdrawn[k.fact])
    ]
