"""What people corrected of their profiles, and the profiles."""

from collections import defaultdict

from services.candidates.domain.corrections import CorrectedPerson, RegisteredProfile
from shared.contracts import CandidateRegistered, ProfileCorrected
from shared.kit.db import Connection
from shared.kit.people import Pair, People


async def load_corrections(conn: Connection, people: People) -> dict[Pair, list[ProfileCorrected]]:
    """By person: what they corrected, under any of their ids. Most people never did."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.body
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'profile-corrected' OFFSET 0) f
        """,
        *people.columns,
    )
    found: dict[Pair, list[ProfileCorrected]] = defaultdict(list)
    for organization, person, body in rows:
        found[organization, person].append(ProfileCorrected.model_validate_json(body))
    return found


async def load_corrected(conn: Connection, people: People) -> list[CorrectedPerson]:
    """Those of these people who corrected anything, with every profile of theirs."""
    corrections = await load_corrections(conn, people)
    if not corrections:
        return []
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.time, f.body
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT time, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'candidate-registered' OFFSET 0) f
        ORDER BY k.organization, k.person, f.time
        """,
        *people.columns,
    )
    profiles: dict[Pair, list[RegisteredProfile]] = defaultdict(list)
    for organization, person, time, body in rows:
        profiles[organization, person].append(RegisteredProfile(time, CandidateRegistered.model_validate_json(body)))
    return [CorrectedPerson(pair[0], profiles[pair], theirs) for pair, theirs in corrections.items()]
