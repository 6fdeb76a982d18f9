"""Facts of Halden, the organisation of these tests, told in few words. Times are Berlin's."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CandidateMatched,
    CandidatePooled,
    CandidateRegistered,
    ConsentChanged,
    Event,
    FeedbackReleased,
    FeedbackSubmitted,
    InterviewCompleted,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    MatchReviewed,
    MatchWithdrawn,
    MemberStatus,
    Notice,
    OrganizationConfigured,
    Outcome,
    OutreachMode,
    Overall,
    Purpose,
    Sender,
    TeamMember,
    Tier,
    UserRegistered,
    match_id,
    membership_id,
)
from tests.heard import Heard

BERLIN = ZoneInfo("Europe/Berlin")
ORGANIZATION = "acme"


def at(text: str) -> datetime:
    """`2026-11-13 16:00` in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


DECIDED = at("2026-11-13 16:00")  # a Friday
OPENED = at("2026-10-01 09:00")
INTERVIEW, INTERVIEWED = at("2026-11-04 10:00"), at("2026-11-04 11:00")
MATCHED, ACCEPTED, WITHDRAWN = at("2026-11-23 09:00"), at("2026-11-23 10:00"), at("2026-11-23 11:00")


def heard(event: Event, when: datetime | None = None, **more) -> Heard:
    """The event as a platform says it, at the newest of its own instants unless told otherwise."""
    return Heard(event, when or max(event.past_instants(), default=OPENED), **more)


def halden(mode: str = "live", **more) -> Heard:
    event = OrganizationConfigured(
        name="Halden",
        timezone="Europe/Berlin",
        country="DE",
        outreach_mode=OutreachMode(mode),
        sender=Sender(name="Halden People", address="people@halden.example"),
        **{"settling_minutes": 0} | more,
    )
    return Heard(event, OPENED)


def ines() -> Heard:
    return Heard(UserRegistered(user="ines", name="Ines Calder", email="ines@halden.example"), OPENED)


def ben(**more) -> Heard:
    said = UserRegistered(user="ben", name="Ben Okafor", email="ben@halden.example", **more)
    return Heard(said, OPENED, id="-".join(["ben", *more]))


def ada() -> Heard:
    return Heard(UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example"), OPENED)


def job(job: str = "su27-data", opened_at: datetime = OPENED, **more) -> Heard:
    team = (TeamMember(user="ines", role="recruiter"), TeamMember(user="tomas", role="hiring_manager"))
    more = {"title": "Data Analyst Intern", "family": "data", "language": "en", "team": team} | more
    return Heard(JobOpened(job=job, opened_at=opened_at, **more), opened_at, id=f"{job}:{opened_at:%m%d%H%M}")


def closed(job: str = "su27-data", closed_at: datetime = DECIDED, **more) -> Heard:
    said = {name: more.pop(name) for name in ("outcome", "told_reason") if name in more}
    return heard(JobClosed(job=job, closed_at=closed_at, **{"outcome": "nobody_hired"} | said), **more)


def profile(candidate: str, **more) -> Heard:
    more = {"name": candidate.title(), "email": f"{candidate}@mail.example", "timezone": "Europe/Berlin"} | more
    return Heard(CandidateRegistered(candidate=candidate, **more), OPENED)


def applied(candidate: str, job: str | None = "su27-data", application: str | None = None) -> Heard:
    return heard(
        ApplicationSubmitted(
            application=application or f"{candidate}-1",
            candidate=candidate,
            job=job,
            submitted_at=at("2026-10-10 10:00"),
        )
    )


def scheduled(
    candidate: str, starts_at: datetime = INTERVIEW, interviewers: tuple = (), told: dict | None = None, **more
) -> Heard:
    ends_at = starts_at.replace(hour=starts_at.hour + 1)
    event = InterviewScheduled(
        interview=f"{candidate}-i1",
        application=f"{candidate}-1",
        candidate=candidate,
        job="su27-data",
        starts_at=starts_at,
        ends_at=ends_at,
        interviewers=interviewers,
        **(told or {}),
    )
    return Heard(event, OPENED, **more)


def completed(candidate: str, completed_at: datetime = INTERVIEWED, interview: str = "i1", **more) -> Heard:
    event = InterviewCompleted(
        interview=f"{candidate}-{interview}",
        application=more.pop("application", f"{candidate}-1"),
        candidate=candidate,
        job="su27-data",
        completed_at=completed_at,
    )
    return heard(event, **more)


def decided(candidate: str, outcome: str = "not_selected", decided_at: datetime = DECIDED, **more) -> Heard:
    said = {k: more.pop(k) for k in ("historical", "id") if k in more}
    event = ApplicationDecided(
        application=more.pop("application", f"{candidate}-1"),
        candidate=candidate,
        job="su27-data",
        decided_at=decided_at,
        outcome=Outcome(outcome),
        **more,
    )
    return heard(event, **said)


def told_by_platform() -> Notice:
    return Notice(by="platform")


def reversed_(candidate: str, reversed_at: datetime) -> Heard:
    return heard(
        ApplicationDecisionReversed(application=f"{candidate}-1", candidate=candidate, reversed_at=reversed_at)
    )


def verdict(candidate: str, overall: str, submitted_at: datetime, said_at: datetime | None = None, **more) -> Heard:
    event = FeedbackSubmitted(
        feedback=f"{candidate}-f1",
        application=f"{candidate}-1",
        candidate=candidate,
        interviewer="ada",
        interview=f"{candidate}-i1",
        overall=Overall(overall),
        submitted_at=submitted_at,
    )
    return heard(event, said_at, id=f"{candidate}-f1-{overall}", **more)


def released(candidate: str, released_at: datetime) -> Heard:
    event = FeedbackReleased(
        letter=f"{candidate}-l1",
        application=f"{candidate}-1",
        candidate=candidate,
        language="en",
        strengths=(),
        development=(),
        approved_by="ines",
        released_at=released_at,
    )
    return Heard(event, released_at, source="talentloop/notifications")


def invited(candidate: str, said_at: datetime = DECIDED, status: str = "invited", **more) -> Heard:
    reconfirm_at = more.pop("reconfirm_at", None)
    event = CandidatePooled(
        membership=membership_id(candidate, "data"),
        candidate=candidate,
        family="data",
        tier=Tier.SILVER_MEDALIST,
        status=MemberStatus(status),
        application=f"{candidate}-1",
        why=("two verdicts, both yes",),
        evidence=(),
        rules_version="pool-1",
        reconfirm_at=reconfirm_at,
    )
    return Heard(event, said_at, id=f"pooled-{candidate}-{status}", source="talentloop/candidates", **more)


def consent(candidate: str, given_at: datetime, *, granted: bool = True, purpose: str = "talent_pool") -> Heard:
    event = ConsentChanged(
        candidate=candidate,
        purpose=Purpose(purpose),
        granted=granted,
        given_at=given_at,
        text_version="pool-1",
        language="en",
        how="link",
    )
    return heard(event, id=f"consent-{candidate}-{purpose}-{given_at:%m%d%H%M}")


def matched(candidate: str, job: str = "ws27-ae", said_at: datetime = MATCHED) -> Heard:
    event = CandidateMatched(
        match=match_id(candidate, job),
        run="run-1",
        job=job,
        candidate=candidate,
        meets=3,
        of=3,
        coverage=1.0,
        score=86.7,
        factors=(),
        gaps=(),
        rules_version="match-1",
    )
    return Heard(event, said_at, source="talentloop/candidates")


def accepted(candidate: str, job: str = "ws27-ae", reviewed_at: datetime = ACCEPTED) -> Heard:
    return heard(
        MatchReviewed(
            match=match_id(candidate, job),
            job=job,
            candidate=candidate,
            outcome="accepted",
            by="ines",
            reviewed_at=reviewed_at,
            reason={"code": "fits"},
        )
    )


def withdrawn(candidate: str, job: str = "ws27-ae", said_at: datetime = WITHDRAWN) -> Heard:
    event = MatchWithdrawn(match=match_id(candidate, job), candidate=candidate, job=job, reason="consent")
    return Heard(event, said_at, source="talentloop/candidates")
