"""What is known of one person at once: their profile, consents, places in the pool and relations."""

from services.candidates.api.callers import AnId, Reader
from services.candidates.api.mentoring import Mentorship, shown_mentorship
from services.candidates.api.people import KnownConsent, KnownProfile, find_profile
from services.candidates.api.pool import Membership, shown_membership
from services.candidates.sql.mentoring import MentorshipSearch, load_mentorships, load_referrals
from services.candidates.sql.people import load_consents
from services.candidates.sql.pool import load_reviews
from services.candidates.sql.pool_search import PoolSearch, search_pool
from shared.contracts import ReferralMade, Value
from shared.web.bodies import Routes
from shared.web.cursors import LARGEST_PAGE

routes = Routes(tags=["people"])


class Summary(Value):
    """One person over all their ids. Of places in the pool, mentorships and referrals at most 200 each."""

    profile: KnownProfile
    consents: list[KnownConsent]
    memberships: list[Membership]
    mentorships: list[Mentorship]
    referrals: list[ReferralMade]


@routes.get("/candidates/{candidate}/summary")
async def read_summary(candidate: AnId, caller: Reader) -> Summary:
    """What `/candidates/{candidate}`, its consents, `/pool`, `/mentorships` and `/referrals` tell, by any of their ids.

    Places in the pool that somebody left are not among them.
    """
    async with caller.turn() as turn:
        conn, organization = turn.conn, caller.organization
        people, profile = await find_profile(conn, organization, candidate)
        ids = people.ids[1]
        places = (await search_pool(conn, organization, PoolSearch(candidates=ids, limit=LARGEST_PAGE))).members
        reviews = await load_reviews(conn, organization, [place.candidate for place in places])
        mentorships = await load_mentorships(conn, organization, MentorshipSearch(None, ids, None, "", LARGEST_PAGE))
        referrals = await load_referrals(conn, organization, ids, None, "", LARGEST_PAGE)
        consents = await load_consents(conn, people)
        await caller.note_reading(turn, [candidate])
    return Summary(
        profile=profile,
        consents=[KnownConsent.model_validate(one) for one in consents],
        memberships=[shown_membership(place.member, reviews) for place in places],
        mentorships=[shown_mentorship(one) for one in mentorships],
        referrals=[ReferralMade.model_validate(body) for body in referrals],
    )
