"""A letter at the moment it leaves: written from what is known now, addressed, signed."""

from datetime import datetime

from services.notifications.domain.mailbox import mailbox_of, mailboxes_of
from services.notifications.domain.organizations import OrganizationSettings
from services.notifications.domain.records import RecipientRecord
from services.notifications.letters.writing import WrittenLetter, write_letter
from services.notifications.post.calendars import calendar_files
from services.notifications.post.composing import Letterhead, compose, message_id, token
from services.notifications.post.links import SignedLinks
from services.notifications.post.signing import signer_of
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.sending import ClaimedLetter, OutgoingLetter
from shared.contracts import Stream
from shared.kit.db import Connection


class Office:
    """Writes letters, with the settings of this service."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._domain = settings.mail_domain
        self._link_key = settings.link_key.get_secret_value()
        self._hash_key = settings.hash_key.get_secret_value()
        self._links = SignedLinks(settings)
        self._signer = signer_of(settings)

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
        written = await write_letter(conn, letter, record, self._links, now)
        head = self._letterhead(letter, written, record.organization, now)
        calendar = calendar_files(written.invitations, letter.organization, self._domain, head)
        mail = compose(written.words, written.frame, head, Stream(letter.stream), calendar)
        return OutgoingLetter(
            letter.organization,
            letter.letter,
            mailbox_of(head.to_address, self._hash_key),
            head.message_id,
            written.frame.language,
            f"b+{self._token(letter)}@{self._domain}",
            head.to_address,
            self._signer.sign(mail) if self._signer else mail,
        )

    def _letterhead(
        self, letter: ClaimedLetter, written: WrittenLetter, settings: OrganizationSettings, now: datetime
    ) -> Letterhead:
        ours = settings.sender_address or f"no-reply@{self._domain}"
        in_thread = f"r+{self._token(letter)}@{self._domain}"
        return Letterhead(
            sender_name=written.sender,
            sender_address=ours,
            to_name=written.to_name,
            to_address=written.to_address,
            reply_address=in_thread if written.answered_by is None else written.answered_by or ours,
            message_id=message_id(letter.letter, self._domain),
            written_at=now,
            follows=tuple(message_id(one, self._domain) for one in written.follows),
        )

    def _token(self, letter: ClaimedLetter) -> str:
        return token(letter.letter, self._link_key)


def _address(record: RecipientRecord) -> str:
    return (record.profile and record.profile.email) or ""
