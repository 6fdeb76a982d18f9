"""What somebody in the pool is found by follows the facts, and goes with them."""

import itertools
from datetime import timedelta
from fractions import Fraction

import pytest

from services.candidates.domain.candidacies import InterviewRatings
from services.candidates.domain.findable import RatedOf, ReasonedPlace, leads, skills, words_of
from services.candidates.domain.records import AssessedApplication, CandidateRecord, Consent, MembershipReview
from services.candidates.domain.words import why
from shared.contracts import (
    CandidateErased,
    CandidateMerged,
    ErasureRequested,
    MemberStatus,
    OrganizationConfigured,
    Outcome,
    ReviewAction,
    Tier,
)
from tests.candidates.pool_pages import found
from tests.candidates.sentences import (
    DECIDED,
    NOW,
    amara,
    consented,
    feedback,
    later,
    noor,
    opened,
    registered,
    scheduled,
)
from tests.heard import Heard
from tests.stage import Stage


async def remains(stage: Stage, candidate: str) -> list[str]:
    """Tables that hold anything somebody is found by."""
    rows = await stage.fetch(
        """
        SELECT DISTINCT found FROM (
            SELECT 'descriptions' AS found, candidate FROM descriptions UNION ALL
            SELECT 'words', candidate FROM words UNION ALL SELECT 'skills', candidate FROM skills) f
        WHERE candidate = $1 ORDER BY 1
        """,
        candidate,
    )
    return [row["found"] for row in rows]


@pytest.mark.db
async def test_what_somebody_is_found_by_follows_the_facts(browser, stage):
    await stage.deliver(opened(), *amara())

    await stage.deliver(later(registered("amara", name="Amara Nwosu"), 1))
    assert (await found(browser, text="nwosu"), await found(browser, text="amara")) == (["amara"], ["amara"])
    await stage.deliver(later(registered("amara", name="Ada Nwosu"), 2))
    assert (await found(browser, text="nwosu"), await found(browser, text="amara")) == (["amara"], [])

    await stage.deliver(later(opened(title="Data Engineer"), 1))
    assert (await found(browser, text="engineer"), await found(browser, text="analyst")) == (["amara"], [])

    await stage.deliver(later(scheduled("amara", 1, ends_at="2026-11-04T18:00:00Z"), 1))
    [member] = (await browser.get("/pool?competency=sql")).json()["items"]
    assert (member["level"], member["assessed_at"]) == (4.5, "2026-11-04T18:00:00Z")

    await stage.deliver(later(feedback("amara", "yes", 2, rated={"sql": 2}), 1))
    assert (await found(browser, competency="sql", level=3), await found(browser, competency="python")) == (
        ["amara"],
        [],
    )


@pytest.mark.db
async def test_who_leaves_with_time_is_found_no_more(browser, stage):
    await stage.deliver(opened(), *amara(consented("amara")))
    assert await remains(stage, "amara") == ["descriptions", "skills", "words"]

    await stage.move(NOW + timedelta(days=740))

    assert await found(browser, status="left") == ["amara"]
    assert (await remains(stage, "amara"), await found(browser, text="amara")) == ([], [])


@pytest.mark.db
async def test_nothing_is_left_of_somebody_who_was_erased_or_is_held(browser, stage):
    held = OrganizationConfigured(name="Halden", legal_hold_months=6)
    asked = ErasureRequested(candidate="noor", requested_at=DECIDED, by="candidate")
    await stage.deliver(held, opened(), *amara(consented("amara")), *noor(consented("noor")))

    await stage.deliver(Heard(CandidateErased(candidate="amara", erased_at=NOW), at=NOW), asked)

    assert (await remains(stage, "amara"), await remains(stage, "noor")) == ([], [])
    for role in ("recruiter", "auditor"):
        assert await found(browser, role, text="data") == []


@pytest.mark.db
async def test_who_was_merged_is_found_as_one_and_apart_again(browser, stage):
    await stage.deliver(opened(), *amara(), *noor(), later(registered("noor", name="Noor Haddad"), 1))

    await stage.deliver(CandidateMerged(surviving="amara", merged=("noor",), merged_at=DECIDED))
    assert (await found(browser, text="haddad"), await found(browser, text="amara haddad")) == (["amara"], ["amara"])
    assert await remains(stage, "noor") == []

    await stage.deliver(later(CandidateMerged(surviving="amara", merged=(), merged_at=NOW), 1))
    assert (await found(browser, text="haddad"), await found(browser, text="amara")) == (["noor"], ["amara"])


def test_words_are_folded_and_bounded():
    assert words_of("Zoë  MÜLLER-Smith's C++/C# (2027), straße İ") == [
        "zoe", "muller", "smith", "s", "c++", "c#", "2027", "strasse", "i",
    ]  # fmt: skip
    assert words_of("Łukasz Işık Đặng Søren Æther Þórr Œuvre ŁÓDŹ ﬁ Ivan Иванов 山田") == [
        "lukasz", "isik", "dang", "soren", "aether", "thorr", "oeuvre", "lodz", "fi", "ivan", "иванов", "山田",
    ]  # fmt: skip
    assert words_of("-- _ !\x00") == []
    assert words_of("x" * 100) == ["x" * 64]


def test_no_word_of_our_own_sentences_leads():
    consent = Consent(granted=True, given_at=NOW, expires_at=None, candidate="ana")
    points = [p for n in range(5) for p in itertools.product(range(4), repeat=n)] + [(2,) * n for n in range(5, 13)]
    reviews = [None, MembershipReview(ReviewAction.RETIER, Tier.PROMISING, NOW)]
    said = {
        word
        for some, tier, status, review, outcome in itertools.product(
            points, Tier, MemberStatus, reviews, (Outcome.NOT_SELECTED, Outcome.OFFER_DECLINED)
        )
        for sentence in why(
            CandidateRecord("acme", "ana", consent=consent),
            AssessedApplication("a", outcome=outcome, decided_at=NOW, points=some),
            tier,
            status,
            review,
        )
        for word in words_of(sentence)
    }

    assert {word for word in said if leads(word) and not word.isdigit()} == set()
    assert leads("amara")


@pytest.mark.parametrize(
    ("levels", "level", "whole"),
    [
        (["0.75"], 4.0, 4), (["0.75", "0.7499999"], 4.0, 3), (["0"], 1.0, 1), (["1.0"], 5.0, 5),
        (["0.5", "0.25"], 2.5, 2), (["0.3333", "0.6667", "0.5"], 3.0, 3),
    ],
)  # fmt: skip
def test_a_level_is_reached_exactly_or_not(levels, level, whole):
    ratings = [InterviewRatings("acme", "ana", "a", f"u{n}", NOW, ["sql"], [given]) for n, given in enumerate(levels)]

    [skill] = skills([ReasonedPlace("acme", "ana", "data", ())], RatedOf({("acme", "ana"): ratings}, {}))

    assert (skill.level, skill.whole) == (level, whole)
    assert skill.whole == int(1 + 4 * sum(map(Fraction, levels)) / len(levels))
