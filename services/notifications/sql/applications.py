"""Applications as the facts tell them: handed in, decided, interviewed, called off."""

from datetime import datetime

from services.notifications.domain.applications import ApplicationDecision, ApplicationRecord
from services.notifications.sql.full_letters import shared_items
from services.notifications.sql.person_facts import (
    Facts,
    PersonFact,
    called_off_by_them,
    called_off_by_us,
    completions,
    instant,
    maybe,
)
from shared.contracts import NoticeBy, Outcome


def applications(facts: Facts) -> list[ApplicationRecord]:
    """Every application that any fact names, in the order of their ids."""
    found: dict[str, ApplicationRecord] = {}
    for k in facts.get("application-submitted", ()):
        found[k.fact] = ApplicationRecord(
            k.fact, k.candidate, k.job, instant(k.body["submitted_at"]), is_history=k.is_historical
        )
    for k in facts.get("application-decided", ()):
        known = found.get(k.fact, ApplicationRecord(k.fact, k.candidate, k.job))
        found[k.fact] = known._replace(job=known.job or k.job, decision=_decision(k, facts))
    for application, candidate, job, completed in completions(facts):
        known = found.get(application, ApplicationRecord(application, candidate, job))
        found[application] = known._replace(job=known.job or job, completed=[*known.completed, completed])
    for application, candidate, job, slot in called_off_by_us(facts):
        known = found.get(application, ApplicationRecord(application, candidate, job))
        found[application] = known._replace(job=known.job or job, called_off=[*known.called_off, slot])
    for application, candidate, job, slot in called_off_by_them(facts):
        known = found.get(application, ApplicationRecord(application, candidate, job))
        found[application] = known._replace(job=known.job or job, given_up=[*known.given_up, slot])
    for application, at in _feedback_times(facts).items():
        if application in found:
            found[application] = found[application]._replace(feedback_at=at)
    for application, items in shared_items(facts).items():
        if application in found:
            found[application] = found[application]._replace(items=items)
    return [found[application] for application in sorted(found)]


def _decision(k: PersonFact, facts: Facts) -> ApplicationDecision:
    notice = k.body.get("notice") or {}
    reversals = [r for r in facts.get("application-decision-reversed", ()) if r.fact == k.fact]
    return ApplicationDecision(
        decided_at=instant(k.body["decided_at"]),
        outcome=Outcome(k.body["outcome"]),
        is_historical=k.is_historical,
        notice_by=NoticeBy(notice.get("by", NoticeBy.TALENTLOOP)),
        not_before=maybe(notice.get("not_before")),
        notice_sent_at=maybe(notice.get("sent_at")),
        reversed_at=max((instant(r.body["reversed_at"]) for r in reversals), default=None),
        would_reconsider=bool(k.body.get("would_reconsider")),
    )


def _feedback_times(facts: Facts) -> dict[str, datetime]:
    """By application: when feedback on it was last said or withdrawn. History does not count."""
    of: dict[str, str] = {}
    found: dict[str, datetime] = {}
    for k in facts.get("feedback-submitted", ()):
        of[k.fact] = k.body["application"]
    for k in (*facts.get("feedback-submitted", ()), *facts.get("feedback-withdrawn", ())):
        if (application := of.get(k.fact)) and not k.is_historical:
            found[application] = max(found.get(application, k.time), k.time)
    return found
