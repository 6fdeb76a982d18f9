"""What letters about mentors and recommendations say: names, goals, and how two people reach each other."""

from services.notifications.domain.mentoring import Step
from services.notifications.domain.records import RecipientRecord, owner_of
from services.notifications.domain.relations import HeardMentorship
from services.notifications.letters.rendering import Value, written_name
from services.notifications.sql.organizations import ListedColleague, load_user
from services.notifications.sql.sending import ClaimedLetter
from shared.kit.db import Connection
from shared.web.dates import said_date
from shared.web.translation import called


def told_of_mentorship(
    letter: ClaimedLetter, record: RecipientRecord, mentor: ListedColleague | None, language: str
) -> dict[str, Value]:
    """Names and addresses only once both said yes: before that a mentor reads goals, a candidate the mentor's name."""
    found = next((m for m in record.mentorships if m.relation == letter.about), None)
    if found is None:
        return {}
    profile, has_begun = record.profile, found.began_at is not None and not record.is_restricted
    name = written_name(called(profile.name, profile.preferred_name, language)) if profile else found.candidate
    return {
        "mentor": mentor.name if mentor else found.mentor,
        "mentor_address": mentor.email if mentor and found.began_at else None,
        "mentored": name if has_begun else None,
        "mentored_address": profile.email if profile and has_begun else None,
        "goals": list(found.goals),
        "spoken": language,
        "last_day": said_date(found.ends_on, language),
        "has_begun": found.began_at is not None,
        "is_again": letter.step == Step.ASKED_AGAIN,
        "is_completed": found.ending == "completed",
    }


async def load_mentor(conn: Connection, letter: ClaimedLetter, record: RecipientRecord) -> ListedColleague | None:
    """The mentor a letter is about, where it is about one."""
    found: HeardMentorship | None = next((m for m in record.mentorships if m.relation == letter.about), None)
    return await load_user(conn, letter.organization, found.mentor) if found else None


async def told_of_referral(conn: Connection, letter: ClaimedLetter, record: RecipientRecord) -> dict[str, Value]:
    """Who recommends somebody, and who looks at it: whom and why stands with the task, and goes with an erasure."""
    found = next((r for r in record.referrals if r.referral == letter.about), None)
    if found is None:
        return {}
    by = await load_user(conn, letter.organization, found.by)
    owner = owner_of(record, found.job)
    looking = await load_user(conn, letter.organization, owner) if owner else None
    return {
        "by": by.name.replace(" | ", ", ") if by else found.by,
        "owner": looking.name if looking else None,
    }
