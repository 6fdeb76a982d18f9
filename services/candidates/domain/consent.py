"""Consent, over every id of a person: the answer that counts, and whether it still does."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.contracts import Purpose, ResponseKind, reading

UNSUBSCRIBED = "unsubscribed"  # how an answer was given that no words were shown for


class Consent(NamedTuple):
    """One answer to one purpose, by one id of a person."""

    granted: bool
    given_at: datetime
    expires_at: datetime | None = None
    candidate: str = ""

    def stands(self, now: datetime) -> bool:
        """True while it is granted and has not run out."""
        return self.granted and reading.lasts(self.expires_at, now)


def newest(consents: Iterable[Consent]) -> Consent | None:
    """The one answer that counts."""
    return max(consents, key=lambda c: reading.consent_order(*c[:3]), default=None)


def answers(consents: Iterable[Mapping[str, Any]], responses: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """For each purpose the answer that counts, in the fields of `consent-changed`.

    Unsubscribing counts as keep in touch not granted; no words were shown, so it names none.
    """
    given = [*consents, *(_taken_back(r) for r in responses if r["kind"] == ResponseKind.UNSUBSCRIBED)]
    by_purpose = {c["purpose"]: c for c in sorted(given, key=_order)}
    return [by_purpose[purpose] for purpose in sorted(by_purpose)]


def _order(answer: Mapping[str, Any]) -> tuple[datetime, bool, timedelta]:
    at, until = answer["given_at"], answer.get("expires_at")
    return reading.consent_order(
        answer["granted"], datetime.fromisoformat(at), datetime.fromisoformat(until) if until else None
    )


def _taken_back(response: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "candidate": response["candidate"],
        "purpose": Purpose.KEEP_IN_TOUCH,
        "granted": False,
        "given_at": response["responded_at"],
        "expires_at": None,
        "text_version": "-",
        "language": "und",
        "how": UNSUBSCRIBED,
    }
