"""Consent: the newest instant stands, over every id of a person; a tie is a withdrawal."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


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
