"""Whom we told since what they lacked, or had understood otherwise."""

from datetime import datetime, timedelta

import pytest

from services.insights.domain.figures import figures
from services.insights.domain.findings import Act, findings
from services.insights.domain.growth import grew
from services.insights.domain.guarded import guarded_round
from services.insights.domain.heard import HeardApplication, HeardMail, HeardPerson, HeardRelease
from services.insights.domain.people import derive_rows
from services.insights.domain.rounds import sum_up
from services.insights.domain.rows import GrowthKind
from services.insights.domain.sums import add_up
from services.insights.domain.told import CAMPAIGN, NEWS, SaidCampaign, SaidToMany
from shared.contracts import NewsPublished, Outcome, letter_id
from tests.insights.rounds import DAY, NOW, SQL, WORKPLACE, applicant, feedback, job, rows_of, summed, told


def test_what_people_had_understood_otherwise_is_counted_by_people_and_what_it_is_about():
    def noted(person: str, *abouts: str) -> HeardPerson:
        again = feedback(person, 0.5, interviewer="ben", misconceptions=abouts[:1])
        return applicant(person, feedback(person, 0.5, misconceptions=abouts), again)

    people = [noted(f"p{i}", "role") for i in range(6)] + [noted("ana", "role", "team"), noted("bo")]

    round_ = summed(job(SQL), *people)

    everyone = told(round_, "misunderstood")
    assert (everyone.k, everyone.of, everyone.people) == (7, 8, 8)
    assert [told(round_, "misunderstood", f"about:{about}").k for about in ("role", "team")] == [7, 1]
    guarded = {f.part: f.k for f in guarded_round(round_) if f.measure == "misunderstood"}
    assert guarded == {None: 7}, "that one person misunderstood the team tells of one person"


@pytest.mark.parametrize(("both", "is_told"), [(4, False), (5, True), (0, True)])
def test_parts_that_four_people_share_are_not_told_beside_their_whole(both, is_told):
    """The whole is known: what two parts are more than it together is who is in both."""
    noted = [("role", "team")] * both + [("role",)] * (12 - both) + [("team",)] * 8
    people = [applicant(f"p{i}", feedback(f"p{i}", 0.5, misconceptions=about)) for i, about in enumerate(noted)]

    guarded = {f.part for f in guarded_round(summed(job(SQL), *people)) if f.measure == "misunderstood"}

    assert guarded == ({None, "about:role", "about:team"} if is_told else {None})


def mail(person: str, kind: str, at: datetime, about: str = "-") -> HeardMail:
    return HeardMail(letter_id("acme", kind, about, person, 1), person, kind, at)


def note(*answers: str, at: datetime = NOW - 5 * DAY, **given) -> NewsPublished:
    whole = {
        "news": "n",
        "title": "A day with us",
        "text": "What we do.",
        "about": "team",
        "language": "en",
        "by": "ines",
    }
    return NewsPublished.model_validate({**whole, "answers": answers, "published_at": at, **given})


def misled(person: str, *mails: HeardMail) -> HeardPerson:
    return applicant(person, feedback(person, 0.5, misconceptions=("role",)), mails=mails)


def answered_by(*notes: NewsPublished, to: HeardPerson) -> tuple[str, ...]:
    [card] = derive_rows(to, {"j1": job(SQL)}, WORKPLACE, SaidToMany(notes)).scorecards
    return card.put_right


def test_a_mail_of_news_answers_what_its_notes_put_right_and_nothing_that_was_published_elsewhere_or_too_long_ago():
    told_in_time = misled("ana", mail("ana", NEWS, NOW))
    long_ago = NOW - timedelta(days=190)

    assert answered_by(note("role", "team"), to=told_in_time) == ("role",)
    assert answered_by(note("role", at=NOW + DAY), to=told_in_time) == ()
    assert answered_by(note("role", families=["legal"]), to=told_in_time) == ()
    assert answered_by(note("role", cycle="W"), to=told_in_time) == ()
    assert answered_by(note("role", tell_until=(NOW - DAY).date()), to=told_in_time) == ()
    assert answered_by(note("role", at=long_ago), to=told_in_time) == (), "it may have been told before they asked"
    assert answered_by(note("role"), to=misled("ana", mail("ana", NEWS, NOW - 25 * DAY))) == ()
    assert answered_by(note("role"), to=misled("ana")) == ()
    newer = [note("team", news=f"n{n}", at=NOW - DAY) for n in range(5)]
    assert answered_by(note("role"), *newer, to=told_in_time) == (), "a mail has room for five"
    twice = misled("ana", mail("ana", NEWS, NOW - 4 * DAY), mail("ana", NEWS, NOW))
    assert answered_by(note("role"), *newer, to=twice) == ("role",)


def test_what_was_noted_after_a_mail_is_not_put_right_by_it():
    verdict = feedback("ana", 0.5, feedback="f1", submitted_at=NOW - 20 * DAY)
    later = feedback("ana", 0.5, feedback="f2", submitted_at=NOW - 2 * DAY, misconceptions=("role",))

    def put_right(*days_ago: int) -> tuple[str, ...]:
        mails = tuple(mail("ana", NEWS, NOW - n * DAY) for n in days_ago)
        return answered_by(note("role", at=NOW - 6 * DAY), to=applicant("ana", verdict, later, mails=mails))

    assert put_right(4) == ()
    assert put_right(1) == ("role",)


def test_of_those_who_lacked_or_had_misunderstood_something_it_counts_whom_we_told_since():
    said = SaidToMany([note("role")], [SaidCampaign("g1", "sql"), SaidCampaign("g2", "sql", job="other")])
    of_letters = [HeardRelease(f"l{i}", f"a-p{i}", NOW - 12 * DAY, ("sql",)) for i in range(6)]
    people = [
        misled(f"p{i}", *([mail(f"p{i}", NEWS, NOW)] * (i < 2)), *([mail(f"p{i}", CAMPAIGN, NOW, "g1")] * (i < 4)))
        ._replace(releases=(of_letters[i],))
        for i in range(6)
    ]  # fmt: skip
    people[5] = people[5]._replace(mails=(mail("p5", CAMPAIGN, NOW, "g2"),))
    derived = [derive_rows(person, {"j1": job(SQL)}, WORKPLACE, said) for person in people]

    round_ = sum_up(job(SQL), rows_of("j1", derived), NOW)

    answered = [told(round_, "answered", "about:role"), told(round_, "answered", competency="sql")]
    assert [(f.k, f.of, f.shown) for f in answered] == [(2, 6, True), (4, 6, True)]
    found = {f.rule: f for f in findings(figures(add_up([round_])))}
    assert (found["answered"].figure.k, found["answered"].act) == (2, Act.NEWS)
    assert "gaps" not in found, "a campaign took it up already"
    assert [f.k for f in guarded_round(round_) if f.measure == "answered"] == [4, 2]


def again(person: str, before: float, after: float, *, is_told: bool) -> HeardPerson:
    """Somebody who was below the level, and came back for another job."""
    first = HeardApplication(f"a-{person}", "j1", NOW - 90 * DAY, NOW - 80 * DAY, outcome=Outcome.NOT_SELECTED)
    later = HeardApplication(f"b-{person}", "j2", NOW - 40 * DAY)
    return HeardPerson(
        "acme", person, (first, later),
        feedback=(
            feedback(person, before, feedback="f1", interview="i1", submitted_at=NOW - 85 * DAY),
            feedback(person, after, feedback="f2", interview="i2", submitted_at=NOW - DAY, application=f"b-{person}"),
        ),
        releases=(HeardRelease("l1", f"a-{person}", NOW - 79 * DAY, ("sql",)),) if is_told else (),
    )  # fmt: skip


def test_people_who_were_told_are_compared_with_people_whom_nobody_told():
    openings = {"j1": job(SQL), "j2": job(SQL)._replace(job="j2")}
    came_back = [again(f"t{i}", 0.5, 0.75, is_told=True) for i in range(12)]
    came_back += [again(f"u{i}", 0.5, 0.625 if i < 3 else 0.5, is_told=False) for i in range(12)]

    growths = [g for p in came_back for g in derive_rows(p, openings, WORKPLACE).growths]
    found = grew(growths)

    assert {g.kind for g in growths if g.person.startswith("u")} == {GrowthKind.UNTOLD}
    assert found[:4] == (12, 12, 3, 12)
    assert found.difference is not None
    assert found.difference.low > 0
    assert grew(growths[:4]) == (4, 4, 0, 0, None, None, None)


def test_what_came_before_the_letter_is_no_growth():
    late = again("ana", 0.5, 1, is_told=True)._replace(releases=(HeardRelease("l1", "a-ana", NOW, ("sql",)),))

    assert [g.after for g in derive_rows(late, {"j1": job(SQL)}, WORKPLACE).growths] == [None]
