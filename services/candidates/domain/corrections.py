"""Rule 11: what people say of themselves stands in their profile, whatever is registered of them later."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts import CandidateRegistered, Cause, OwnField, ProfileCorrected, Saying


class RegisteredProfile(NamedTuple):
    """A profile under one of somebody's ids, and when it was said."""

    said_at: datetime
    event: CandidateRegistered


class CorrectedPerson(NamedTuple):
    """Somebody who corrected what is known of them, under any of their ids."""

    organization: str
    profiles: Sequence[RegisteredProfile]
    corrections: Sequence[ProfileCorrected]


def own_words(corrections: Iterable[ProfileCorrected]) -> dict[str, Any]:
    """What they said of each field, the newest of it."""
    ordered = sorted(corrections, key=lambda c: (c.corrected_at, c.candidate))
    return {str(field): getattr(correction, field) for correction in ordered for field in correction.corrected}


def said_again(person: CorrectedPerson) -> list[Saying]:
    """Each profile that says otherwise, with their own words in it."""
    own = own_words(person.corrections)
    newest = max(person.corrections, key=lambda c: c.corrected_at)
    found = []
    for profile in person.profiles:
        corrected = profile.event.model_copy(update=own)
        if corrected != profile.event:
            topic, fact = (
                (ProfileCorrected.topic, newest.fact_id)
                if newest.corrected_at >= profile.said_at
                else (CandidateRegistered.topic, profile.event.fact_id)
            )
            found.append(Saying(person.organization, corrected, Cause(topic, fact)))
    return found


def correction(
    candidate: str,
    stands: Mapping[str, Any],
    known: Iterable[ProfileCorrected],
    wanted: Mapping[OwnField, str | None],
    now: datetime,
) -> ProfileCorrected | None:
    """What they correct, with all they corrected before; None where nothing is different from what stands."""
    changed = {str(field): wanted[field] for field in OwnField if wanted[field] != stands.get(field)}
    if not changed:
        return None
    own = own_words(known) | changed
    return ProfileCorrected(
        candidate=candidate, corrected=tuple(f for f in OwnField if f in own), corrected_at=now, **own
    )
