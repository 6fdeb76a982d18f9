"""Interviews as matching and waste see them."""

from typing import NamedTuple

from shared.contracts.reading import SaidOfInterview


class InterviewSaid(NamedTuple):
    """All that was said of one interview. `known_as`: the id of the person that it was said under."""

    organization: str
    candidate: str
    interview: str
    application: str
    job: str | None
    said: SaidOfInterview
    known_as: str
