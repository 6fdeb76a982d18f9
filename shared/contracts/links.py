"""Signed links, which open a page without a login: at which service, about whom, handed out by whom, for how long."""

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.contracts.event import CANDIDATES, INSIGHTS, INTERVIEWS, NOTIFICATIONS, PEOPLE_SIDE

LINKS_LAST = timedelta(days=60)
NOBODY = "-"  # what a link is about that names nobody


class LinkKind(NamedTuple):
    """One kind of link. Whoever builds one and whoever opens it share the key, and take the rest from here.

    `purpose`: what it is signed for. `page`: where its address leads. `about`: what the ids are that it names, in
    order. Without `lasts` it opens for ever.
    """

    purpose: str
    page: str
    opened_by: frozenset[str]
    built_by: frozenset[str]
    about: tuple[str, ...]
    lasts: timedelta | None = LINKS_LAST

    @property
    def route(self) -> str:
        """The page's address, as a template."""
        return f"/{self.page}/{{token}}"

    def subject(self, *ids: str) -> str:
        """What a link about these ids says it is about. Ids hold no slash."""
        named = dict(zip(self.about, ids, strict=True))
        return "/".join(named.values()) or NOBODY

    def ids(self, subject: str) -> tuple[str, ...]:
        """The ids that were named. Raises ValueError when these are not as many as this kind names."""
        ids = subject.split("/") if self.about else ()
        return tuple(id_ for _, id_ in zip(self.about, ids, strict=True))

    def ends(self, now: datetime) -> datetime | None:
        """Until when one opens that is handed out now."""
        return now + self.lasts if self.lasts else None


_AT_INTERVIEWS, _AT_CANDIDATES = frozenset({INTERVIEWS}), frozenset({CANDIDATES})
_AT_NOTIFICATIONS = frozenset({NOTIFICATIONS})
_AT_EACH = _AT_INTERVIEWS | _AT_CANDIDATES | _AT_NOTIFICATIONS | {INSIGHTS}

OWN_PAGE = LinkKind("pool", "me", _AT_CANDIDATES, _AT_NOTIFICATIONS, ("candidate",))
EXPORT = LinkKind("export", "export", _AT_EACH, _AT_CANDIDATES, ("candidate",))
FEEDBACK_FORM = LinkKind("feedback", "feedback-form", _AT_INTERVIEWS, _AT_NOTIFICATIONS, ("interview", "user"))
ANSWER = LinkKind("answer", "answer", _AT_NOTIFICATIONS, PEOPLE_SIDE, ("candidate", "match"))
RESPOND = LinkKind("respond", "respond", _AT_NOTIFICATIONS, PEOPLE_SIDE, ("candidate", "kind", "letter"))
STAY = LinkKind("stay", "stay", _AT_NOTIFICATIONS, _AT_NOTIFICATIONS, ("candidate",))
SURVEY = LinkKind("survey", "survey", _AT_NOTIFICATIONS, _AT_NOTIFICATIONS, ("letter",))
UNSUBSCRIBE = LinkKind("unsubscribe", "unsubscribe", _AT_NOTIFICATIONS, _AT_NOTIFICATIONS, ("candidate",), lasts=None)
MENTORING = LinkKind(
    "mentor", "mentoring", _AT_CANDIDATES, _AT_NOTIFICATIONS, ("relation", "user"), lasts=timedelta(days=240)
)
NEW_LINK = LinkKind("new-link", "new-link", _AT_NOTIFICATIONS, PEOPLE_SIDE, (), lasts=None)

LINKS = (OWN_PAGE, EXPORT, FEEDBACK_FORM, ANSWER, RESPOND, STAY, SURVEY, UNSUBSCRIBE, MENTORING, NEW_LINK)
