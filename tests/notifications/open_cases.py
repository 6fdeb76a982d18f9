"""Two weeks of open cases, as a platform holds them on the day it connects: everyone is somewhere on the way."""

from shared.contracts import InterviewCancelled, InterviewMissed
from tests.heard import Heard
from tests.notifications.facts import (
    accepted,
    ada,
    applied,
    at,
    ben,
    closed,
    completed,
    consent,
    decided,
    halden,
    heard,
    ines,
    invited,
    job,
    matched,
    profile,
    reversed_,
    scheduled,
    told_by_platform,
    verdict,
    withdrawn,
)

CONNECTED = "2026-11-16 10:00"  # a Monday
ASKED_BEN = ({"user": "ben"}, {"user": "ada"})


def known(*names: str, interview: str = "2026-11-04 10:00") -> list[Heard]:
    """People who applied and were asked to an interview."""
    when = at(interview)
    return [fact for n in names for fact in (profile(n), applied(n), scheduled(n, when, ASKED_BEN))]


def interviewed(*names: str, on: str = "2026-11-04 11:00") -> list[Heard]:
    """People whose interview took place, and what Ada thought of it."""
    when = at(on)
    return [f for n in names for f in (*known(n), completed(n, when), verdict(n, "yes", when.replace(hour=15)))]


def open_cases() -> list[Heard]:
    """Some ninety facts, in the order in which they happened to each person."""
    missed = InterviewMissed(
        interview="tom-i1", application="tom-1", candidate="tom", job="su27-data", starts_at=at("2026-11-05 10:00"),
        missed_at=at("2026-11-05 10:30"), by="candidate",
    )  # fmt: skip
    called_off = InterviewCancelled(
        interview="lena-i1", application="lena-1", candidate="lena", job="su27-data", starts_at=at("2026-11-06 10:00"),
        cancelled_at=at("2026-11-05 18:00"), by="organization",
    )  # fmt: skip
    return [
        Heard(halden("live", settling_minutes=10).event, at("2026-11-01 09:00")),
        ines(), ben(), ada(), job(), job("ws27-ae", at("2026-11-09 09:00")), job("closed", at("2026-11-02 09:00")),
        closed("closed", at("2026-11-06 16:00")),
        *interviewed("amara", "noor", "hanna", "lukas", "mei", "priya", "diego"),
        decided("amara", "withdrawn", at("2026-11-14 09:00")),
        decided("noor", decided_at=at("2026-11-12 16:00")), invited("noor", at("2026-11-12 16:01")),
        decided("hanna", decided_at=at("2026-11-06 16:00"), notice=told_by_platform()),
        invited("hanna", at("2026-11-06 16:01")), consent("hanna", at("2026-11-07 10:00")),
        matched("hanna", said_at=at("2026-11-09 10:00")), accepted("hanna", reviewed_at=at("2026-11-10 10:00")),
        withdrawn("hanna", said_at=at("2026-11-13 10:00")),
        decided("lukas", decided_at=at("2026-11-09 16:00")), reversed_("lukas", at("2026-11-10 10:00")),
        decided("lukas", "hired", at("2026-11-13 10:00"), id="hired-after-all"),
        decided("mei", decided_at=at("2026-11-06 16:00")), reversed_("mei", at("2026-11-15 10:00")),
        consent("priya", at("2026-11-05 10:00"), purpose="survey"), decided("priya", decided_at=at("2026-11-10 16:00")),
        invited("priya", at("2026-11-10 16:01"), "active", reconfirm_at=at("2027-05-10 10:00")),
        consent("priya", at("2026-11-10 18:00")),
        *known("tom", "lena", "omar"), heard(missed), heard(called_off),
        *known("ida", "ruth", interview="2026-11-17 14:00"), decided("ruth", "withdrawn", at("2026-11-15 12:00")),
        *interviewed("sven", on="2026-10-30 11:00"), *interviewed("kofi", on="2026-10-30 11:00"),
        decided("kofi", "offer_declined", at("2026-11-15 16:00")),
        profile("yara"), applied("yara", "closed"), profile("emil"), applied("emil"),
        decided("emil", decided_at=at("2026-11-06 15:00")),
        consent("emil", at("2026-11-06 15:00"), purpose="keep_in_touch"),
        consent("emil", at("2026-11-07 15:00"), granted=False, purpose="keep_in_touch"),
    ]  # fmt: skip
