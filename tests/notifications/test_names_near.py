"""Whose names an answer that a person wrote may hold: its reader's and its writer's, and nobody else's."""

import pytest

from services.notifications.domain.applications import ApplicationRecord
from services.notifications.domain.interviews import Colleague
from services.notifications.domain.organizations import Opening, OrganizationSettings
from services.notifications.domain.records import CandidateWish, ContactProfile, RecipientRecord, WrittenAnswer
from services.notifications.domain.requests import findings
from shared.contracts import ResponseKind, letter_id
from tests.notifications.facts import at

WHEN = at("2026-11-13 15:00")
TEAM = {"ines": "Ines Calder", "ben": "Ben Annie Okafor", "vidal": "Ines Ana Vidal"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear Ana, dear Annie, you joined two tables well. Ines Calder", []),
        ("Dear Ana, you joined two tables well. Ines", []),
        ("Dear Ana, Ben saw it otherwise. Ines", ["Ben"]),
        ("Dear Ana, Vidal saw it otherwise. Ines", ["Vidal"]),
    ],
)
def test_reader_and_writer_are_named_also_where_colleagues_are_called_alike(text, found):
    asking = RecipientRecord(
        OrganizationSettings("halden", "Halden"),
        "ana",
        ("ana",),
        ContactProfile(WHEN, "Ana Silva", "Annie"),
        applications=[ApplicationRecord("a1", "ana", "su27")],
        openings={"su27": Opening("su27", roles=dict.fromkeys(TEAM, "interviewer"))},
        colleagues={user: Colleague(user, name=name) for user, name in TEAM.items()},
    )
    wish = CandidateWish("r1", ResponseKind.FEEDBACK_REQUESTED, WHEN, letter_id("halden", "decision", "a1", "ana", 1))

    flagged = findings(asking, wish, WrittenAnswer(text, "en", "ines", WHEN))

    assert [finding.found for finding in flagged] == found
