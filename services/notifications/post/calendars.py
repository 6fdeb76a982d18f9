"""Calendar files (RFC 5545, 5546): each interview is a file of its own, since one holds one event and its changes."""

from collections.abc import Iterable
from datetime import UTC

from icalendar import STATUS, Calendar, Event, vCalAddress

from services.notifications.letters.invitations import Invitation
from services.notifications.post.composing import CalendarFile, Letterhead
from shared.contracts import derived_id

REQUEST, CANCEL = "REQUEST", "CANCEL"
_PRODUCT = "-//Talentloop//Talentloop//EN"


def calendar_files(
    invitations: Iterable[Invitation], organization: str, domain: str, head: Letterhead
) -> list[CalendarFile]:
    """By which mail programs put these interviews into the calendar, move them, and take them out again."""
    return [_file(one, f"{derived_id('interview', organization, one.interview)}@{domain}", head) for one in invitations]


def _file(invitation: Invitation, uid: str, head: Letterhead) -> CalendarFile:
    method = REQUEST if invitation.ends_at else CANCEL
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", method)
    calendar.add_component(_event(invitation, uid, head))
    return CalendarFile(method, calendar.to_ical())


def _event(invitation: Invitation, uid: str, head: Letterhead) -> Event:
    """Organizer and id stay the same as long as the interview does: by them a calendar knows it again."""
    return Event.new(
        uid=uid,
        sequence=invitation.sequence,
        stamp=head.written_at.astimezone(UTC),
        start=invitation.starts_at.astimezone(UTC),
        end=invitation.ends_at.astimezone(UTC) if invitation.ends_at else None,
        summary=invitation.summary,
        location=invitation.location or invitation.meeting_url,
        description=invitation.meeting_url,
        status=STATUS.CONFIRMED if invitation.ends_at else STATUS.CANCELLED,
        organizer=vCalAddress.new(head.sender_address, cn=head.sender_name),
        attendees=[vCalAddress.new(head.to_address, cn=head.to_name, rsvp=False)],
    )
