"""Rule 2: the arithmetic of matches, by the worked examples."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from services.candidates.domain.blockers import Blocker, ReviewedMatch
from services.candidates.domain.candidacies import (
    Evidence,
    InterviewRatings,
    StandingMatch,
    assess,
    candidacies,
    look,
)
from services.candidates.domain.consent import Consent
from services.candidates.domain.demand import KeptAssessment, OpenJob, Requirement, rounded
from services.candidates.domain.interviews import InterviewSaid
from services.candidates.domain.matches import Consideration, propose, result_json, whole_result, words
from services.candidates.domain.records import AssessedApplication, CandidateRecord
from shared.contracts import GapKind, MatchOutcome, Outcome
from shared.contracts.reading import SaidOfInterview

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
INTERVIEWED = NOW - timedelta(days=19)
CONSENT = Consent(granted=True, given_at=NOW - timedelta(days=3))
DECIDED = AssessedApplication(
    "a1", "su27", "data", submitted_at=NOW - timedelta(days=40), decided_at=NOW - timedelta(days=10),
    outcome=Outcome.NOT_SELECTED,
)  # fmt: skip

SQL = Requirement("sql", "SQL", 4, must_have=True, weight=3)
PYTHON = Requirement("python", "Python", 3, must_have=False, weight=2)
COMMUNICATION = Requirement("communication", "Communication", 3, must_have=False, weight=1)


def assessed(competency: str, *levels: int, days: int = 19) -> tuple[str, KeptAssessment]:
    at = NOW - timedelta(days=days)
    return competency, KeptAssessment(at=at, interviewers=len(levels), levels=[str((n - 1) / 4) for n in levels])


def candidacy(
    *assessments: tuple[str, KeptAssessment], requirements=(SQL, PYTHON, COMMUNICATION), name: str = "amara", **given
) -> Consideration:
    whole = {"applications": [DECIDED], "consent": CONSENT}
    review = given.pop("review", None)
    newest = given.pop("newest", INTERVIEWED)
    return Consideration(
        OpenJob("acme", "ws27", "Working Student", "data", NOW, tuple(requirements)),
        CandidateRecord("acme", name, **{**whole, **given}),
        dict(assessments),
        newest,
        review,
    )


def proposal(*assessments: tuple[str, KeptAssessment], **given):
    return propose([candidacy(*assessments, **given)], NOW)[0]


def test_example_10_everything_is_met():
    found = proposal(assessed("sql", 4, 5), assessed("python", 4), assessed("communication", 4, 4))

    assert [f.contribution for f in found.factors] == [2.7, 1.6, 0.9]
    assert (found.score_shown, found.meets, found.of, found.gaps) == (86.7, 3, 3, ())


def test_example_11_below_level_is_still_listed():
    found = proposal(assessed("sql", 3, 2), assessed("python", 4), assessed("communication", 5, 5))

    assert [f.contribution for f in found.factors] == [1.6875, 1.6, 0.9]
    assert found.score_shown == 69.8
    assert [(g.competency, g.kind, g.level, g.required) for g in found.gaps] == [("sql", GapKind.BELOW_LEVEL, 2.5, 4)]
    assert found.is_proposed
    assert "SQL 2.5 of 4 (two interviewers, 19 days ago)" in words(found.meets, found.factors)


def test_example_12_evidence_grows_old():
    one = {"requirements": (SQL,)}

    assert proposal(assessed("sql", 4, days=450), **one).score_shown == 60.0
    too_old = proposal(assessed("sql", 4, days=721), **one)
    assert too_old.score_shown is None
    assert "no evidence under 720 days" in words(too_old.meets, too_old.factors)


def test_example_13_little_evidence_or_nothing_asked_gives_words_only():
    little = proposal(assessed("communication", 5), requirements=(SQL, COMMUNICATION))
    nothing_asked = proposal(requirements=())

    assert (little.score_shown, little.coverage) == (None, Fraction(1, 4))
    assert nothing_asked.score_shown is None
    assert little.is_proposed
    assert nothing_asked.is_proposed


def test_example_14_without_consent_it_is_withdrawn():
    found = proposal(assessed("sql", 4), consent=Consent(granted=False, given_at=NOW))

    assert found.blockers == (Blocker.CONSENT,)
    assert found.saying.event.topic == "match-withdrawn"
    assert found.saying.event.reason == "consent"


@pytest.mark.parametrize("given", [{"consent": Consent(granted=False, given_at=NOW)}, {"restricted": True}])
def test_whoever_did_not_agree_is_not_compared_but_counted_with_the_reason(given):
    agreed = proposal(assessed("sql", 4), assessed("python", 2))
    found = proposal(assessed("sql", 4), assessed("python", 2), **given)
    result = whole_result(json.loads(result_json(found)), json.loads(found.job_asked.demand.body))

    assert (found.factors, found.gaps, found.score_shown, found.meets, found.coverage) == ((), (), None, 0, 0)
    assert (result["factors"], result["gaps"], result["score"]) == ([], [], None)
    assert json.loads(found.inputs)["assessments"] == {}
    assert words(found.meets, found.factors, found.blockers).startswith("Not compared with the job: ")
    assert agreed.factors


def test_not_assessed_is_another_gap():
    found = proposal(assessed("sql", 4), assessed("communication", 4))

    assert [(g.competency, g.kind) for g in found.gaps] == [("python", GapKind.NOT_ASSESSED)]


def test_the_event_names_what_somebody_rated_and_every_gap():
    found = proposal(assessed("sql", 4), assessed("communication", 5, days=721))
    said = found.saying.event

    assert [(f.competency, f.days) for f in said.factors] == [("sql", 19), ("communication", 721)]
    assert [(g.competency, g.kind) for g in said.gaps] == [
        ("python", GapKind.NOT_ASSESSED), ("communication", GapKind.NOT_ASSESSED),
    ]  # fmt: skip
    assert [f.competency for f in found.factors] == ["sql", "python", "communication"]


def test_three_interviewers_are_believed_whole():
    assert proposal(assessed("sql", 4, 4, 4), requirements=(SQL,)).score_shown == 100.0


def test_evidence_after_the_opening_is_fresh():
    assert proposal(assessed("sql", 4, days=-5), requirements=(SQL,)).factors[0].days == 0


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(Fraction(1, 20), 1, 0.1), (Fraction(86665, 1000), 1, 86.7), (Fraction(84649, 1000), 1, 84.6)],
)
def test_halves_are_rounded_up(value, digits, expected):
    assert rounded(value, digits) == expected


HIRED = DECIDED._replace(outcome=Outcome.HIRED)
DISMISSED = ReviewedMatch(MatchOutcome.DISMISSED, NOW, "ines", "other")


@pytest.mark.parametrize(
    ("given", "blocker"),
    [
        ({"consent": None}, Blocker.CONSENT),
        ({"consent": CONSENT._replace(expires_at=NOW)}, Blocker.CONSENT),
        ({"contactable": False}, Blocker.NOT_CONTACTABLE),
        ({"applications": [DECIDED._replace(disqualifying=True)]}, Blocker.DISQUALIFYING),
        ({"applications": [DECIDED._replace(would_reconsider=False)]}, Blocker.WOULD_NOT_RECONSIDER),
        ({"applications": [DECIDED, AssessedApplication("a2", "op27", "operations")]}, Blocker.OPEN_APPLICATION),
        ({"applications": [DECIDED._replace(reconsider_after=NOW + timedelta(1))]}, Blocker.RECONSIDER_LATER),
        ({"applications": [HIRED]}, Blocker.HIRED),
        ({"not_now_until": NOW + timedelta(1)}, Blocker.NOT_NOW),
        ({"applications": [DECIDED._replace(job="ws27")]}, Blocker.ALREADY_DECIDED),
        ({"review": DISMISSED}, Blocker.ALREADY_DECIDED),
        ({"restricted": True}, Blocker.RESTRICTED),
    ],
)
def test_what_stands_against_a_match(given, blocker):
    assert proposal(assessed("sql", 4), **given).blockers == (blocker,)


def test_a_time_that_passes_is_due():
    until = NOW + timedelta(days=30)

    assert proposal(assessed("sql", 4), not_now_until=until).due_at == until
    assert proposal(assessed("sql", 4), not_now_until=NOW - timedelta(1)).is_proposed


def test_the_order_is_must_haves_then_the_newest_interview_then_the_id():
    met, missed = assessed("sql", 4, 5), assessed("sql", 2)
    found = propose(
        [
            candidacy(missed, name="noor", newest=NOW),
            candidacy(met, name="hanna", newest=INTERVIEWED),
            candidacy(met, name="amara", newest=INTERVIEWED),
            candidacy(met, name="zoe", newest=NOW),
            candidacy(met, name="lukas", newest=NOW, consent=None),
        ],
        NOW,
    )

    assert [p.candidate for p in found] == ["zoe", "amara", "hanna", "noor", "lukas"]


def test_the_same_inputs_are_the_same_run_in_any_order():
    one, two = assessed("sql", 4), assessed("python", 3)

    assert proposal(one, two).run == proposal(two, one).run
    assert proposal(one).run != proposal(one, two).run
    assert proposal(one).run != proposal(one, consent=None).run


def rating(application: str, level: str, interviewer: str = "ada", at: datetime = INTERVIEWED) -> InterviewRatings:
    return InterviewRatings("acme", "amara", application, interviewer, at, ["sql"], [level])


def test_the_newest_application_that_rated_a_competency_counts():
    older = AssessedApplication("a0", submitted_at=NOW - timedelta(days=400))
    ratings = [rating("a0", "1"), rating("a1", "0.5"), rating("a1", "0.75", "ben", NOW)]

    found = assess(ratings, [DECIDED, older])["sql"]

    assert found == {"at": NOW, "interviewers": 2, "levels": ["0.5", "0.75"]}


SLOT = datetime(2026, 11, 4, 14, tzinfo=UTC)


def found_for(*jobs: OpenJob, application: str = "a1", **heard) -> list[Consideration]:
    said = SaidOfInterview(**{"completed_at": INTERVIEWED} | heard)
    interview = InterviewSaid("acme", "amara", "i1", application, None, said, "amara")
    record = CandidateRecord("acme", "amara", [DECIDED], consent=CONSENT, interviews=[interview])
    return candidacies([record], {("acme", "data"): jobs}, Evidence({}, {}))


def test_whoever_was_interviewed_in_the_family_is_considered():
    job = OpenJob("acme", "ws27", "Working Student", "data", NOW, ())

    assert [c.job.job for c in found_for(job)] == ["ws27"]
    assert found_for(job, completed_at=None, starts_at=SLOT) == []
    assert found_for(job, application="unknown") == []


def test_applicants_of_the_job_itself_are_no_news_to_it():
    own = OpenJob("acme", "su27", "Intern", "data", NOW, ())

    looked = look(found_for(own), [], {("acme", "data"): [own]}, NOW)

    assert looked.proposals == []


def test_a_match_that_was_said_is_withdrawn_when_its_job_is_closed():
    kept = [
        StandingMatch("acme", "amara", "ws27", was_said=True),
        StandingMatch("acme", "noor", "ws27", was_said=False),
    ]

    looked = look([], kept, {}, NOW)

    assert looked.gone == kept
    assert [(s.event.candidate, s.event.reason) for s in looked.sayings] == [("amara", "job_closed")]
