"""What somebody is asked about an interview they held."""

from shared.contracts import Competency, InterviewScheduled, JobOpened, OrganizationConfigured, derived_id

_ENGLISH = "en"


def feedback_id(interview: str, user: str) -> str:
    """One colleague's feedback on one interview: given again, it corrects."""
    return derived_id("feedback", interview, user)


def asked_of(schedule: InterviewScheduled, job: JobOpened | None) -> tuple[Competency, ...]:
    """What this interview assesses, else everything the job asks for; what the job does not name goes by its id."""
    known = {c.competency: c for c in job.competencies} if job else {}
    assessed = [known.get(c) or Competency(competency=c, name=c, level=3) for c in schedule.assesses]
    return tuple(assessed) or tuple(known.values())


def language_of(job: JobOpened | None, settings: OrganizationConfigured | None) -> str:
    """The language that the candidate is written to in."""
    wanted = job.language if job else settings.language if settings else _ENGLISH
    return wanted.partition("-")[0].lower()
