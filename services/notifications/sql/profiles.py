"""Who somebody is and what they agreed to, as the facts tell it."""

from datetime import datetime, timedelta

from services.notifications.domain.records import ContactProfile, StandingConsent
from services.notifications.sql.person_facts import Facts, PersonFact, instant, maybe
from shared.contracts import Purpose, reading


def profile(facts: Facts) -> ContactProfile | None:
    """The newest one, of merged people the newest with an address; facts come in the order of their time."""
    every = facts.get("candidate-registered", [])
    known = [k for k in every if k.body.get("email")] or every
    if not known:
        return None
    body = known[-1].body
    return ContactProfile(
        since=known[-1].time,
        name=body["name"],
        preferred_name=body.get("preferred_name"),
        email=body.get("email"),
        language=body.get("language"),
        timezone=body.get("timezone"),
        is_contactable=every[-1].body.get("contactable", True),
        country=body.get("country"),
    )


def consents(facts: Facts) -> dict[Purpose, StandingConsent]:
    """What was consented to and not taken back."""
    given = facts.get("consent-changed", ())
    newest = {Purpose(k.body["purpose"]): k for k in sorted(given, key=_consent_order)}
    return {
        purpose: StandingConsent(instant(k.body["given_at"]), maybe(k.body.get("expires_at")), k.fact, k.is_historical)
        for purpose, k in newest.items()
        if k.body["granted"]
    }


def _consent_order(k: PersonFact) -> tuple[datetime, bool, timedelta]:
    return reading.consent_order(k.body["granted"], instant(k.body["given_at"]), maybe(k.body.get("expires_at")))
