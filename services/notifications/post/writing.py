"""What a letter is written from: names, titles, the person behind it, and its signed links."""

from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.campaigns import points_shared
from services.notifications.domain.letters import Variant
from services.notifications.domain.mailbox import mailbox_of, mailboxes_of
from services.notifications.domain.occasions import deleted_at
from services.notifications.domain.organizations import Opening, OrganizationSettings, told_reason
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.promise import decided_by
from services.notifications.domain.records import RecipientRecord
from services.notifications.post.links import LetterLinks
from services.notifications.post.rendering import (
    Letterhead,
    Value,
    compose,
    language_for,
    message_id,
    said_on,
    shown_items,
    token,
    write,
)
from services.notifications.post.signing import Signer
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.organizations import load_user
from services.notifications.sql.sending import ClaimedLetter, OutgoingLetter
from shared.contracts import TIME_TO_OBJECT, ResponseKind, Stream
from shared.kit.db import Connection
from shared.web.translation import called


class Office:
    """Writes letters, with the settings of this service."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._domain = settings.mail_domain
        self._link_key = settings.link_key.get_secret_value()
        self._hash_key = settings.hash_key.get_secret_value()
        self._links = LetterLinks(settings)
        self._signer = (
            Signer(settings.dkim_key.get_secret_value(), settings.dkim_selector, settings.mail_domain)
            if settings.dkim_key and settings.dkim_selector
            else None
        )

    def mailbox(self, record: RecipientRecord) -> str:
        """The keyed hash of where this person reads."""
        return mailbox_of(_address(record), self._hash_key)

    def mailboxes(self, record: RecipientRecord) -> list[str]:
        """The keyed hashes of every mailbox that is theirs under any id."""
        return mailboxes_of((*record.addresses, _address(record)), self._hash_key)

    def domain(self, record: RecipientRecord) -> str:
        """The keyed hash of whoever receives their mail."""
        return mailbox_of(f"@{_address(record).rpartition('@')[2]}", self._hash_key)

    async def write(
        self, conn: Connection, letter: ClaimedLetter, record: RecipientRecord, now: datetime
    ) -> OutgoingLetter:
        """The letter as it leaves now. Raises Unaddressable."""
        if letter.kind == LetterKind.REMINDER:
            return await self._remind(conn, letter, record, now)
        settings, profile = record.organization, record.profile
        opening = record.openings.get(letter.job or "") or Opening(letter.job or "")
        language = language_for(profile and profile.language, opening.language, settings.language)
        caller = await _desk(conn, settings, opening)
        release = record.released.get(letter.application or "") if letter.variant == Variant.FULL else None
        words = write(
            letter.variant,
            language,
            organization=settings.name,
            name=called(profile.name, profile.preferred_name, language) if profile else "",
            title=opening.title,
            was_interviewed=_was_interviewed(letter, record),
            job_url=opening.url,
            hired_nobody=opening.has_hired_nobody,
            closing_reason=told_reason(settings, opening, language) if opening.has_hired_nobody else None,
            sender=caller.sender,
            person=caller.person,
            strengths=shown_items(release.strengths, opening.competencies) if release else [],
            development=shown_items(release.development, opening.competencies) if release else [],
            rate_link=self._links.respond(ResponseKind.FEEDBACK_RATED, letter, now)
            if letter.variant == Variant.FULL
            else None,
            feedback_link=self._links.respond(ResponseKind.FEEDBACK_REQUESTED, letter, now)
            if letter.variant == Variant.SHORT
            else None,
            **_prepared(letter, record, opening, language),
            **_apologised(letter, record, now, language),
            **_campaigned(letter, record),
            **_forgotten(letter, record, language),
            pool_link=self._links.own_page(letter, now)
            if letter.asks_pool or letter.kind == LetterKind.PAGE_LINK
            else None,
            answer_link=self._links.answer(letter, now) if letter.match else None,
            stay_link=self._links.stay(letter, now) if letter.kind == LetterKind.RECONFIRMATION else None,
            survey_link=self._links.survey(letter, now) if letter.kind == LetterKind.SURVEY else None,
        )
        head = self._letterhead(letter, record, caller.sender, now)
        mail = compose(words, head, language, Stream(letter.stream))
        return OutgoingLetter(
            letter.organization,
            letter.letter,
            self.mailbox(record),
            head.message_id,
            language,
            f"b+{self._token(letter)}@{self._domain}",
            head.to_address,
            self._signed(mail),
        )

    async def _remind(
        self, conn: Connection, letter: ClaimedLetter, record: RecipientRecord, now: datetime
    ) -> OutgoingLetter:
        """A reminder to a colleague: answers go to whoever answers for the job, never into a candidate's thread."""
        settings, opening = record.organization, record.openings.get(letter.job or "") or Opening(letter.job or "")
        colleague = await load_user(conn, letter.organization, letter.recipient)
        people = [await load_user(conn, letter.organization, u) for u in (opening.owner, settings.reply_person) if u]
        person = next((user for user in people if user), None)
        sender = settings.sender_name or settings.name
        language, address = language_for(settings.language), colleague.email if colleague else ""
        words = write(
            letter.variant,
            language,
            organization=settings.name,
            name=colleague.name if colleague else "",
            title=opening.title,
            candidate=(record.profile and record.profile.name) or "",
            person=person.name if person else None,
            sender=sender,
            form_link=self._links.form(letter, now),
        )
        head = Letterhead(
            organization=settings.name,
            colour=settings.colour,
            sender_name=sender,
            sender_address=settings.sender_address or f"no-reply@{self._domain}",
            to_name=colleague.name if colleague else "",
            to_address=address,
            reply_address=person.email if person else settings.sender_address or f"no-reply@{self._domain}",
            message_id=message_id(letter.letter, self._domain),
            written_at=now,
            unsubscribe_link=None,
        )
        return OutgoingLetter(
            letter.organization,
            letter.letter,
            mailbox_of(address, self._hash_key),
            head.message_id,
            language,
            f"b+{self._token(letter)}@{self._domain}",
            address,
            self._signed(compose(words, head, language, Stream(letter.stream))),
        )

    def _signed(self, mail: bytes) -> bytes:
        return self._signer.sign(mail) if self._signer else mail

    def _letterhead(self, letter: ClaimedLetter, record: RecipientRecord, sender: str, now: datetime) -> Letterhead:
        settings, profile = record.organization, record.profile
        is_duty = letter.stream == Stream.DUTY
        return Letterhead(
            organization=settings.name,
            colour=settings.colour,
            sender_name=sender,
            sender_address=settings.sender_address or f"no-reply@{self._domain}",
            to_name=profile.name if profile else "",
            to_address=_address(record),
            reply_address=f"r+{self._token(letter)}@{self._domain}",
            message_id=message_id(letter.letter, self._domain),
            written_at=now,
            unsubscribe_link=None if is_duty else self._links.unsubscribe(letter, now),
            page_link=None
            if letter.kind in (LetterKind.DATA_RIGHTS, LetterKind.PAGE_LINK)
            else self._links.own_page(letter, now),
        )

    def _token(self, letter: ClaimedLetter) -> str:
        return token(letter.letter, self._link_key)


def _was_interviewed(letter: ClaimedLetter, record: RecipientRecord) -> bool:
    """For the application a letter is about; for any, where it is about none."""
    about = [a for a in record.applications if letter.application in (None, a.application)]
    return any(a.was_interviewed for a in about)


def _prepared(letter: ClaimedLetter, record: RecipientRecord, opening: Opening, language: str) -> dict[str, Value]:
    """What a preparation says: when, how long, with whom by their roles, and what is looked for."""
    slot = next((s for s in record.slots if s.interview == letter.about), None)
    if letter.kind != LetterKind.PREPARATION or slot is None or slot.starts_at is None:
        return {}
    zone = record.zone(letter.job)
    sought = [opening.competencies[c] for c in slot.assesses if c in opening.competencies]
    return {
        "starts_on": said_on(slot.starts_at, zone, language),
        "zone": zone.replace("_", " "),
        "minutes": round((slot.ends_at - slot.starts_at).total_seconds() / 60),
        "roles": sorted({opening.roles.get(user, "") for user in slot.interviewers}),
        "sought": [
            {"name": c.name, "looks_for": c.looks_for, "language": opening.language or language}
            for c in sought or opening.competencies.values()
            if c.looks_for
        ],
    }


def _apologised(letter: ClaimedLetter, record: RecipientRecord, now: datetime, language: str) -> dict[str, Value]:
    """What an apology says: which slot, whether nobody came, and when it is instead, or until when they hear."""
    application = next((a for a in record.applications if a.application == letter.application), None)
    slot = next((x for x in application.called_off if x.interview == letter.about), None) if application else None
    if letter.kind != LetterKind.APOLOGY or application is None or slot is None:
        return {}
    zone, due_at = record.zone(letter.job), decided_by(record, application)
    return {
        "slot_on": said_on(slot.slot, zone, language),
        "is_missed": slot.is_missed,
        "zone": zone.replace("_", " "),
        "starts_on": said_on(slot.moved_to, zone, language) if slot.moved_to else None,
        "due_on": said_on(due_at, zone, language) if due_at and due_at > now else None,
    }


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


def _forgotten(letter: ClaimedLetter, record: RecipientRecord, language: str) -> dict[str, Value]:
    """When everything is deleted, in the time zone of whoever asked for it."""
    if letter.kind != LetterKind.DATA_RIGHTS or record.erasure is None:
        return {}
    at = deleted_at(record, record.erasure)
    return {"deleted_on": said_on(at, record.zone(None), language), "is_held": at > record.erasure.at + TIME_TO_OBJECT}


class LetterSender(NamedTuple):
    """Who signs, and who reads what comes back."""

    sender: str
    person: str | None


async def _desk(conn: Connection, settings: OrganizationSettings, opening: Opening) -> LetterSender:
    users = [await load_user(conn, settings.organization, u) for u in (opening.owner, settings.reply_person) if u]
    person = next((user.name for user in users if user), None)
    return LetterSender(settings.sender_name or settings.name, person)


def _address(record: RecipientRecord) -> str:
    return (record.profile and record.profile.email) or ""
