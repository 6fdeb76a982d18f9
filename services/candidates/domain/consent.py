"""Consent: the newest instant stands, over every id of a person; a tie is a withdrawal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts import Purpose, ResponseKind

UNSUBSCRIBED = "unsubscribed"  # how an answer was given that no words were shown for


class Consent(NamedTuple):
    """One answer to one purpose, by one id of a person."""

    granted: bool
    given_at: datetime
    expires_at: datetime | None = None
    candidate: str = ""

    def stands(self, now: datetime) -> bool:
        """True while it is granted and has not run out."""
        return self.granted and (self.expires_at is None or now < self.expires_at)


def newest(consents: Iterable[Consent]) -> Consent | None:
    """The one answer that counts."""
    return max(consents, key=lambda c: (c.given_at, not c.granted), default=None)


def answers(consents: Iterable[Mapping[str, Any]], responses: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """For each purpose the answer that counts, in the fields of `consent-changed`.

    Unsubscribing counts as keep in touch not granted; no words were shown, so it names none.
    """
    given = [*consents, *(_taken_back(r) for r in responses if r["kind"] == ResponseKind.UNSUBSCRIBED)]
    newest_last = sorted(given, key=lambda c: (datetime.fromisoformat(c["given_at"]), not c["granted"]))
    by_purpose = {c["purpose"]: c for c in newest_last}
    return [by_purpose[purpose] for purpose in sorted(by_purpose)]


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
