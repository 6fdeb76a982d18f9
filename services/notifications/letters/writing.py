"""A letter written from what is known now: which words, which links, in which language, to whom."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP
from typing import NamedTuple

from services.notifications.domain.asking import asked_because
from services.notifications.domain.campaigns import points_shared
from services.notifications.domain.full_letters import LetterDraft, draft_of, release_of
from services.notifications.domain.letters import Variant
from services.notifications.domain.news import what_is_new
from services.notifications.domain.occasions import deleted_at
from services.notifications.domain.organizations import Opening, OrganizationSettings, told_reason
from services.notifications.domain.policy import TO_COLLEAGUES, LetterKind
from services.notifications.domain.records import LetterRelease, RecipientRecord
from services.notifications.domain.requests import find_request
from services.notifications.letters.interviews import told_before, told_off, told_sorry
from services.notifications.letters.invitations import Invitation, invitations
from services.notifications.letters.links import LetterLinks
from services.notifications.letters.relations import load_mentor, told_of_mentorship, told_of_referral
from services.notifications.letters.rendering import (
    LetterFrame,
    LetterWords,
    Value,
    language_for,
    shown_items,
    write,
    written_name,
)
from services.notifications.sql.letters import load_content
from services.notifications.sql.organizations import ListedColleague, load_user
from services.notifications.sql.sending import ClaimedLetter
from shared.contracts import TIME_TO_OBJECT, ResponseKind, Stream
from shared.kit.db import Connection
from shared.web.dates import said_day
from shared.web.translation import called

MENTORED = (LetterKind.MENTOR_INVITATION, LetterKind.MENTORING)


class WrittenLetter(NamedTuple):
    """What a letter says, to whom, and who signs it. `answered_by`: whose mail answers to it go to; None: our own.

    `follows`: the letters, the first one first, in whose thread it stands.
    """

    words: LetterWords
    frame: LetterFrame
    sender: str
    to_name: str
    to_address: str
    answered_by: str | None = None
    follows: tuple[str, ...] = ()
    invitations: Sequence[Invitation] = ()


async def write_letter(
    conn: Connection, letter: ClaimedLetter, record: RecipientRecord, links: LetterLinks, now: datetime
) -> WrittenLetter:
    """A letter as it would leave now; a full one that was not released as its draft stands.

    Raises TemplateError where what it is to speak of is known no more.
    """
    opening = record.opening(letter.job)
    person = await _who_answers(conn, record.organization, opening)
    mentor = await load_mentor(conn, letter, record)
    if letter.kind in TO_COLLEAGUES:
        colleague = await load_user(conn, letter.organization, letter.recipient)
        language = language_for(record.organization.language)
        told = await told_of_referral(conn, letter, record)
        told |= told_of_mentorship(letter, record, mentor, language)
        return _to_colleague(letter, record, colleague, person, told | _linked_to_colleague(letter, links, now))
    written = _to_candidate(letter, record, person, links, now, mentor)
    return await _in_its_thread(conn, letter, record, written) if letter.kind == LetterKind.ANSWER else written


async def _in_its_thread(
    conn: Connection, letter: ClaimedLetter, record: RecipientRecord, written: WrittenLetter
) -> WrittenLetter:
    """An answer stands below the letter that was asked about, by its subject too where that is kept."""
    wish = find_request(record, letter.about)
    asked_about = wish.letter if wish and wish.letter in record.sent else None
    if asked_about is None:
        return written
    content = await load_content(conn, letter.organization, asked_about)
    subject = message_from_bytes(content, policy=SMTP)["Subject"] if content else None
    words = written.words._replace(subject=f"Re: {subject}") if subject else written.words
    return written._replace(words=words, follows=(asked_about,))


def language_of(record: RecipientRecord, job: str | None) -> str:
    """The language that somebody is written to in about a job."""
    return language_for(*record.languages(job))


def _to_candidate(
    letter: ClaimedLetter,
    record: RecipientRecord,
    person: ListedColleague | None,
    links: LetterLinks,
    now: datetime,
    mentor: ListedColleague | None,
) -> WrittenLetter:
    settings, profile = record.organization, record.profile
    opening = record.opening(letter.job)
    language = language_of(record, letter.job)
    words = write(
        letter.variant,
        language,
        organization=settings.name,
        name=written_name(called(profile.name, profile.preferred_name, language)) if profile else "",
        title=opening.title,
        was_interviewed=_was_interviewed(letter, record),
        asked_because=asked_because(record, letter.application) if letter.asks_pool else None,
        job_url=opening.url,
        hired_nobody=opening.has_hired_nobody,
        closing_reason=told_reason(settings, opening, language) if opening.has_hired_nobody else None,
        sender=_signed_by(settings),
        person=person.name if person else None,
        **_fed_back(letter, record, opening),
        **told_before(letter, record, opening, language),
        **told_off(letter, record, language),
        **told_sorry(letter, record, now, language),
        **_campaigned(letter, record),
        **_told_news(letter, record, now),
        **_answered(letter, record, language),
        **told_of_mentorship(letter, record, mentor, language),
        **_forgotten(letter, record, language),
        **_linked(letter, links, now),
    )
    frame = LetterFrame(
        language,
        settings.name,
        settings.colour,
        None if letter.stream == Stream.DUTY else links.unsubscribe(letter, now),
        None if letter.kind in (LetterKind.DATA_RIGHTS, LetterKind.PAGE_LINK) else links.own_page(letter, now),
        settings.legal,
    )
    to_address = (profile and profile.email) or ""
    name, entries = profile.name if profile else "", invitations(letter, record, opening)
    return WrittenLetter(words, frame, _signed_by(settings), name, to_address, invitations=entries)


def _to_colleague(
    letter: ClaimedLetter,
    record: RecipientRecord,
    colleague: ListedColleague | None,
    person: ListedColleague | None,
    told: Mapping[str, Value],
) -> WrittenLetter:
    """Answers go to whoever answers for the job, never into a candidate's thread."""
    settings, opening = record.organization, record.opening(letter.job)
    language, name = language_for(settings.language), colleague.name if colleague else ""
    words = write(
        letter.variant,
        language,
        organization=settings.name,
        name=name,
        title=opening.title,
        candidate=written_name((record.profile and record.profile.name) or ""),
        person=person.name if person else None,
        sender=_signed_by(settings),
        **told,
    )
    frame = LetterFrame(language, settings.name, settings.colour)
    to_address = (colleague and colleague.email) or ""
    return WrittenLetter(words, frame, _signed_by(settings), name, to_address, (person and person.email) or "")


def _linked(letter: ClaimedLetter, links: LetterLinks, now: datetime) -> dict[str, Value]:
    """What a letter asks for, and where that is done."""
    is_full, is_short = letter.variant == Variant.FULL, letter.variant == Variant.SHORT
    return {
        "rate_link": links.respond(ResponseKind.FEEDBACK_RATED, letter, now) if is_full else None,
        "feedback_link": links.respond(ResponseKind.FEEDBACK_REQUESTED, letter, now) if is_short else None,
        "mentor_page_link": f"{links.own_page(letter, now)}#mentor" if letter.kind in MENTORED else None,
        "jobs_link": f"{links.own_page(letter, now)}#jobs" if letter.kind == LetterKind.KEEP_IN_TOUCH else None,
        "pool_link": _asked_at(links.own_page(letter, now), letter),
        "answer_link": links.answer(letter, now) if letter.match else None,
        "stay_link": links.stay(letter, now) if letter.kind == LetterKind.RECONFIRMATION else None,
        "survey_link": links.survey(letter, now) if letter.kind == LetterKind.SURVEY else None,
    }


def _asked_at(own_page: str, letter: ClaimedLetter) -> str | None:
    """Their page, where it asks what the letter asks: about the talent pool; a new link leads to all of it."""
    if letter.kind == LetterKind.PAGE_LINK:
        return own_page
    return f"{own_page}#talent_pool" if letter.asks_pool else None


def _linked_to_colleague(letter: ClaimedLetter, links: LetterLinks, now: datetime) -> dict[str, Value]:
    """Where a colleague does what they are asked for."""
    return {
        "form_link": links.form(letter, now) if letter.kind == LetterKind.REMINDER else None,
        "mentor_link": links.mentoring(letter, now) if letter.kind == LetterKind.MENTOR else None,
        "tasks_link": links.tasks(),
    }


def _fed_back(letter: ClaimedLetter, record: RecipientRecord, opening: Opening) -> dict[str, Value]:
    """What a full letter lets its reader know."""
    said = _said(letter, record) if letter.variant == Variant.FULL else None
    return {
        "strengths": shown_items(said.strengths, opening.competencies) if said else [],
        "development": shown_items(said.development, opening.competencies) if said else [],
    }


def _said(letter: ClaimedLetter, record: RecipientRecord) -> LetterRelease | LetterDraft | None:
    """What was released, else what would be."""
    application = record.application(letter.application)
    if application is None:
        return record.released.get(letter.application or "")
    return release_of(record, application) or draft_of(record, application)


def _was_interviewed(letter: ClaimedLetter, record: RecipientRecord) -> bool:
    """For the application a letter is about; for any, where it is about none."""
    about = [a for a in record.applications if letter.application in (None, a.application)]
    return any(a.was_interviewed for a in about)


def _campaigned(letter: ClaimedLetter, record: RecipientRecord) -> dict[str, Value]:
    """What a campaign's letter says: the organisation's own words, and what this person's letters suggested."""
    campaign = next((c for c in record.campaigns if c.campaign == letter.about), None)
    if letter.kind != LetterKind.CAMPAIGN or campaign is None:
        return {}
    points = [x for p in points_shared(record, campaign) for x in shown_items([p.item], p.opening.competencies)]
    return {
        "competency": next((p["name"] for p in points), campaign.competency),
        "headline": campaign.title,
        "text": campaign.text,
        "text_language": campaign.language or record.organization.language,
        "label": record.organization.name.replace(" | ", ", "),
        "more_link": campaign.url,
        "points": points,
    }


def _told_news(letter: ClaimedLetter, record: RecipientRecord, now: datetime) -> dict[str, Value]:
    """What keeping in touch tells: the organisation's notes in its own words, and the titles of jobs that are open."""
    if letter.kind != LetterKind.KEEP_IN_TOUCH:
        return {}
    new = what_is_new(record, now)
    return {
        "notes": [
            {"title": n.title, "text": n.text, "url": n.url, "about": n.about, "language": n.language}
            for n in new.notes
        ],
        "jobs": [job.title or job.job for job in new.jobs],
    }


def _answered(letter: ClaimedLetter, record: RecipientRecord, language: str) -> dict[str, Value]:
    """What an answer says: what was asked for, in whose words, and what a person wrote."""
    wish = find_request(record, letter.about)
    if letter.kind != LetterKind.ANSWER or wish is None:
        return {}
    kept = next((k for k in record.kept if k.letter == letter.letter), None)
    text = kept.answer.text if kept and kept.answer else ""
    return {
        "asked": wish.kind,
        "words": wish.text,
        "words_language": language,
        "paragraphs": [p for p in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if p.strip()],
    }


def _forgotten(letter: ClaimedLetter, record: RecipientRecord, language: str) -> dict[str, Value]:
    """When everything is deleted, in the time zone of whoever asked for it."""
    if letter.kind != LetterKind.DATA_RIGHTS or record.erasure is None:
        return {}
    at = deleted_at(record, record.erasure)
    return {"deleted_on": said_day(at, record.zone(None), language), "is_held": at > record.erasure.at + TIME_TO_OBJECT}


def _signed_by(settings: OrganizationSettings) -> str:
    return settings.sender_name or settings.name


async def _who_answers(conn: Connection, settings: OrganizationSettings, opening: Opening) -> ListedColleague | None:
    """Who reads what comes back: whoever owns the job, else who answers for the organisation."""
    people = [await load_user(conn, settings.organization, u) for u in (opening.owner, settings.reply_person) if u]
    return next((user for user in people if user), None)
