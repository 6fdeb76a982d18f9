"""Rounds together: a family, a cycle, everybody; and how a share went on from one to the next."""

from services.insights.domain.figures import figures
from services.insights.domain.findings import Difference
from services.insights.domain.guarded import add_told, guarded_round, key_of, with_withheld
from services.insights.domain.heard import HeardRating
from services.insights.domain.measures import WhyNot
from services.insights.domain.scopes import EVERYBODY, MOST_POINTS, Scope, Scopes, trends
from services.insights.domain.sums import SummedRound, add_up
from tests.insights.rounds import SQL, applicant, feedback, job, summed


def a_round(name: str, cycle: str | None, met: int, of: int, family: str = "data") -> SummedRound:
    """So many of so many are at the level that is asked for."""
    everybody = [applicant(f"p{i}", feedback(f"p{i}", 1.0 if i < met else 0.25)) for i in range(of)]
    found = summed(job(SQL), *everybody)
    return found._replace(round=found.round._replace(job=name, cycle=cycle, family=family))


ROUNDS = [
    a_round("a", "S26", 3, 10),
    a_round("b", "W26", 4, 10, "legal"),
    a_round("c", None, 9, 10),
    a_round("d", "S26", 1, 10),
    a_round("e", "S27", 19, 20),
]


def met(told) -> list[tuple[str, int, int]]:
    """By name, k and n of who met SQL."""
    return [(name, f.k, f.of) for name, found in told for f in found if (f.measure, f.competency) == ("met", "sql")]


def test_cycles_are_told_in_the_order_in_which_they_began_up_to_the_one_that_is_looked_at():
    scopes = Scopes(ROUNDS)

    assert met(scopes.cycles()) == [("S26", 4, 20), ("W26", 4, 10), ("S27", 19, 20)]
    assert met(scopes.cycles("W26")) == [("S26", 4, 20), ("W26", 4, 10)]
    assert met(scopes.one_by_one(Scope("family", "data"))) == [("a", 3, 10), ("c", 9, 10), ("d", 1, 10), ("e", 19, 20)]
    assert scopes.figures(EVERYBODY) == figures(add_up(ROUNDS))
    assert scopes.figures(Scope("cycle", "never")) == []


def test_a_share_went_up_down_or_nowhere_that_these_numbers_can_show():
    def how(*rounds: SummedRound) -> Difference:
        [found] = [t for t in trends(Scopes(rounds).one_by_one(EVERYBODY)) if t.points[0].figure.competency == "sql"
                   and t.points[0].figure.measure == "met"]  # fmt: skip
        assert [p.name for p in found.points] == [r.round.job for r in rounds]
        return found.difference

    few, many, some = a_round("few", None, 3, 20), a_round("many", None, 18, 20), a_round("some", None, 5, 20)

    assert how(few, many) is Difference.HIGHER
    assert how(many, few) is Difference.LOWER
    assert how(many, few, some) is Difference.NOT_KNOWN, "it is beside the one before"
    assert how(many, a_round("small", None, 0, 9)) is Difference.TOO_FEW


def test_no_series_begins_with_one_point_or_holds_what_is_not_shown():
    few, enough = a_round("few", None, 1, 4), a_round("enough", None, 3, 10)

    assert trends(Scopes([enough]).one_by_one(EVERYBODY)) == []
    assert [t for t in trends(Scopes([few, enough]).one_by_one(EVERYBODY)) if t.points[0].figure.measure == "met"] == []


def test_a_series_has_the_twelve_newest_rounds():
    names = [f"r{n:02}" for n in range(MOST_POINTS + 3)]

    assert [name for name, _, _ in met(Scopes([a_round(n, n, 3, 6) for n in names]).one_by_one(EVERYBODY))] == names[3:]
    assert [name for name, _, _ in met(Scopes([a_round(n, n, 3, 6) for n in names]).cycles())] == names[3:]


def test_who_reads_guarded_figures_is_told_of_rounds_what_was_said_of_them():
    told = {r.round.job: guarded_round(r) for r in ROUNDS[:2]}
    scopes = Scopes(ROUNDS, told)

    assert met(scopes.cycles()) == [("S26", 3, 10), ("W26", 4, 10)]
    assert met([("all", scopes.figures(EVERYBODY))]) == [("all", 7, 20)]


def told_together(*rounds: SummedRound, measure: str) -> list[tuple[str | None, int | None, int, bool]]:
    """By part, k and n of a measure in the sum of what was told of these, and whether it has an interval."""
    together = add_told([guarded_round(r) for r in rounds])
    return [(f.part, f.k, f.of, f.low is not None) for f in together if f.measure == measure]


def test_a_must_have_is_met_by_nobody_in_the_sum_where_no_round_had_anybody():
    nobody, somebody = a_round("none", "S", 0, 8), a_round("some", "S", 2, 8)

    assert told_together(nobody, nobody, measure="unmet") == [(None, 0, 16, True)]
    assert told_together(nobody, somebody, measure="unmet") == []


def test_counts_stay_counts_and_shares_stay_shares_in_the_sum():
    one = a_round("one", "S", 3, 8)

    assert told_together(one, one, measure="gained")[:1] == [("silver_medalist", 0, 16, False)]
    assert told_together(one, one, measure="held") == [(None, 16, 16, True)]
    assert told_together(one, one, measure="levels")[-1] == ("5", 6, 16, False)
    assert told_together(one, one, measure="flat") == [("2", 10, 16, True)]


def test_what_is_not_told_of_a_round_has_one_reason_and_is_in_its_description():
    css = (HeardRating("sql", 0.5), HeardRating("css", 0.5))
    everybody = [applicant(f"p{i}", feedback(f"p{i}", None, ratings=css if i < 2 else css[:1])) for i in range(8)]
    round_ = summed(job(SQL), *everybody)

    shown = with_withheld(guarded_round(round_), round_, WhyNot.FEW_PEOPLE)

    keys = [key_of(figure) for figure in shown]
    assert len(keys) == len({*keys})
    assert {f.competency for f in shown if f.why_not is WhyNot.FEW_PEOPLE} <= {"sql", None}
    assert [f.competency for f in shown if f.measure == "apart"] == ["sql"]
