"""The page of a round says what its figures say, in four languages, and has a sentence where there is no figure."""

import re
from html import unescape

import pytest

from services.insights.api.rendering import render_report
from services.insights.domain.figures import count, share
from services.insights.domain.findings import Act, Certainty, Finding
from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.report import FEWEST_COMPETENCIES, MOST_CIRCLES, MOST_COMPETENCIES, Standing
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.sums import RoundCounts
from services.insights.domain.surveys import survey_figures
from shared.web.translation import LANGUAGES
from tests.insights.reports import of_halden, of_job, of_very_many, of_very_many_competencies


def words(report, language="en"):
    """What somebody reads on the page, in one line."""
    page = render_report(report, language).body.decode()
    body = re.sub(r"<style>.*?</style>|<title.*?</title>|<desc.*?</desc>", "", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(
    "said",
    [
        "closed 13 Nov 2026, nobody hired 8 people · 13 interviews · opened 2 Nov 2026 · as of 31 Dec 2026",
        "1 of 13 interviews came to nothing (1% to 33%)",
        "hire 2 letter 10 nothing 1 Without letters, pool and matches: 13 of 13.",
        "hint SQL is to be built up in 4 of 6 letters (30% to 90%). → start a campaign",
        "hint Python is to be built up in 4 of 6 letters (30% to 90%). → start a campaign",
        "8 people tell what to watch, not yet what is so.",
        "SQL 4, must 4 of 7 25% to 84% 0 of 13 1 of 6",
        "Python 3 5 of 6 44% to 97% 0 of 6 one interviewer",
        "Communication 3 7 of 7 65% to 100% 1 of 13 1 of 5",
        "to the decision 8 days to the answer 3 days promise kept 8 of 8",
        "3 silver medalists and 3 promising people; 6 asked into the talent pool.",
        "Of this round applied again: 1; hired since: 1.",
        "interviews held 13 of 15 62% to 96% interviewers agreed 4 of 6 30% to 90% scorecards in time 12 of 13",
        "scorecards with something to tell 13 of 13 77% to 100% left of their own accord 1 of 8 2% to 47%",
        "offers accepted nothing yet the candidate did not come 1 · cancelled by the candidate 1 · why people left:",
        "why people left: another offer 1 What people said",
        "To be built up, by letters: SQL 4 of 6, Python 4 of 6, Communication 2 of 6.",
        "4 of 6 are in it since.",
    ],
)
def test_haldens_page_says_what_the_round_came_to(said):
    assert said in words(of_halden())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "SQL ist in 4 von 6 Briefen auszubauen (30 % bis 90 %)."),
        ("fr", "SQL est à développer dans 4 lettres sur 6 (30 % à 90 %)."),
        ("es", "SQL está por desarrollar en 4 de 6 cartas (del 30 % al 90 %)."),
    ],
)
def test_it_speaks_four_languages(language, said):
    assert said in words(of_halden(), language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "another offer 3, the pay 2, visa quota 1"),
        ("de", "ein anderes Angebot 3, die Bezahlung 2, visa quota 1"),
        ("fr", "une autre offre 3, la rémunération 2, visa quota 1"),
        ("es", "otra oferta 3, el sueldo 2, visa quota 1"),
    ],
)
def test_why_people_left_is_said_in_words_also_by_a_code_that_nobody_here_knows(language, said):
    codes = {"other_offer": 3, "Compensation": 2, "visa_quota": 1}
    left = tuple(count("withdrew", k, 6, part=f"reason:{code}") for code, k in codes.items())

    assert said in words(of_job(1, left), language)


RULES = [
    "unmet", "never_asked", "not_assessed", "apart", "alpha", "flat", "unsaid", "withdrew", "promised", "scored",
    "shareable", "survey", "gaps", "wasted", "gained", "answered",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_sentence_of_its_own_and_every_act_its_words(language):
    figure = Figure("met", 20, 20, 7, 0.35, 0.2, 0.5, "c0", "2")
    one_each = [Finding(rule, Certainty.HINT, figure, Act.JOB) for rule in RULES]
    acts = [Finding("gaps", Certainty.CLEAR, figure, act) for act in Act]

    said = [words(of_job(1)._replace(findings=[f]), language) for f in (*one_each, *acts)]

    assert len({*said}) == len(RULES) + len(Act)
    assert {*RULES} <= MEASURES.keys()


def test_a_finding_leads_to_where_one_acts_if_the_console_has_an_address():
    linked = render_report(of_halden(), "en", "https://console.example/").body.decode()

    campaign = "https://console.example/campaigns?competency={}&amp;job=su27-data"
    ways = re.findall(r'→ <a href="([^"]+)">start a campaign</a>', linked)
    assert ways == [campaign.format("sql"), campaign.format("python")]
    assert "<a " not in render_report(of_halden(), "en").body.decode()


NO_FIGURE = [
    (share("met", 1, 2, competency="c0"), "1 of 2, too few for a share"),
    (Figure("met", 0, 0, competency="c0", why_not=WhyNot.NO_LEVELS), "nobody wrote a level"),
    (Figure("apart", 0, 0, competency="c0", why_not=WhyNot.ONE_INTERVIEWER), "one interviewer"),
    (Figure("met", 0, 0, competency="c0", why_not=WhyNot.FEW_PEOPLE), "too few people to tell"),
    (Figure("wait_first", 0, 0, why_not=WhyNot.BACKWARDS), "the times run backwards"),
    (Figure("wait_first", 3, 3, why_not=WhyNot.TOO_FEW), "too few, 3"),
    (Figure("met", 9, 9, competency="c0", why_not=WhyNot.NO_DIFFERENCES), "all rated the same"),
    (Figure("met", 0, 0, competency="c0", why_not=WhyNot.NOT_TOLD), "told once the round is over"),
]


@pytest.mark.parametrize(("figure", "said"), NO_FIGURE, ids=[said for _, said in NO_FIGURE])
def test_where_there_is_no_figure_a_plain_sentence_stands(figure, said):
    assert said in words(of_job(1, (figure,)))


def test_levels_that_nobody_wrote_are_not_said_to_wait_for_more_people():
    nobody, few = Figure("met", 0, 0, competency="c0", why_not=WhyNot.NO_LEVELS), share("met", 1, 2, competency="c0")

    assert "shown from five people" not in words(of_job(1, (nobody,)))
    assert "shown from five people" in words(of_job(1, (few,)))


def test_a_round_of_nothing_says_so_everywhere():
    said = words(of_job())

    assert "The description names no competencies." in said
    assert "No interview has taken place, or too few to tell." in said
    assert "Nothing stands out." in said
    assert "Shown from five answers on." in said
    assert "Nobody was added to the talent pool." in said
    assert "tell what to watch" not in said


def test_interviews_that_count_later_are_told():
    found = (count("wasted", 4, 4, part="open"),)

    undecided, few = RoundCounts(people=4, interviews=4), Figure("wasted", 0, 0, why_not=WhyNot.FEW_PEOPLE)

    assert "4 interviews are not counted yet." in words(of_job(0, found, undecided))
    assert "4 interviews are not counted yet." in words(of_job(0, (), undecided)), "nobody decided yet"
    assert "or too few to tell" in words(of_job(0, (few,), undecided))


def test_whom_we_told_since_stands_below_what_is_left():
    found = (share("answered", 3, 4, competency="c0"), share("answered", 2, 6, part="about:team"))

    assert "Told since: SQL 3 of 4, the team 2 of 6." in words(of_job(1, found))
    assert "Seither erklärt: SQL 3 von 4, das Team 2 von 6." in words(of_job(1, found), "de")
    assert "Told since" not in words(of_job(1, (share("answered", 0, 4, competency="c0"),)))


def test_what_earlier_rounds_gave_stands_beside_the_wait_for_applicants():
    assert "9 proposed, 0 applied, 9 hired. The first of them was accepted after 3 days. The first" in words(
        of_very_many()
    )
    assert "first of them" not in words(of_halden())


def test_a_wait_of_a_year_is_days():
    assert "to the decision " + "400 days" in words(of_job(0, (Figure("wait_decision", 9, 9, value=9_600.0),)))


@pytest.mark.parametrize(
    ("language", "recommended", "since"),
    [
        ("en", "Would they recommend us: 8.0 of 10.", "as summed up on 9 Jan 2027."),
        ("de", "Würden sie uns empfehlen: 8,0 von 10.", "wie sie am 09.01.2027 zusammengefasst wurden."),
        ("fr", "Nous recommanderaient-ils : 8,0 sur 10.", "ils ont été résumés le 9 janv. 2027."),
        ("es", "¿Nos recomendarían?: 8,0 de 10.", "se resumieron el 9 ene 2027."),
    ],
)
def test_it_says_whether_people_recommend_us_and_since_when_its_figures_stand(language, recommended, since):
    said = words(of_very_many(), language)

    assert recommended in said
    assert since in said


def test_of_statements_that_people_agree_to_alike_the_first_is_named():
    answers = [AnswerBatch("acme", f"s{i}", "j1", None, 1, (5, 2, 5, 2, 3, 3, 3, 3, 3), 8) for i in range(5)]
    said = words(of_job(0, tuple(survey_figures(answers))))

    assert "Least: “The description of the job matched what we talked about.” 2.0 of 5." in said
    assert "Most: “I knew what to expect before each interview.” 5.0 of 5." in said


@pytest.mark.parametrize(
    "said",
    [
        "All must-haves met: 33 of 60 (42% to 67%).",
        "Beside the round before: SQL – no difference that these numbers can show;",
        "after step 1 90 of 140 went on · after step 2 41 of 90 went on",
        "why people left: the pay 22, confusing job description 18",
        "Understood otherwise: the role 12, the team 12, what the job asks for 12.",
        "A hire took 2.2 interviews where we knew the person from earlier rounds, 2.2 where somebody new applied.",
        "offers accepted 21 of 40 37% to 67%",
    ],
)
def test_a_round_that_has_more_to_tell_tells_it(said):
    assert said in words(of_very_many())


STANDINGS = [
    (Standing.NOW, "Whoever asked to be forgotten is no longer counted."),
    (Standing.LEFT, "People have left since: these are the figures as summed up on 9 Jan 2027."),
    (Standing.FINAL, "These figures were said for good on 9 Jan 2027."),
    (
        Standing.REOPENED,
        "The job was opened again: these are the figures as they were said for good on 9 Jan 2027, before",
    ),
    (Standing.ANEW, "The job was opened again since its figures were said for good on 9 Jan 2027: here it is as it"),
]


@pytest.mark.parametrize(("how", "said"), STANDINGS)
def test_it_says_how_it_stands_to_what_was_said_for_good(how, said):
    page = of_very_many()._replace(standing=how)

    assert said in words(page)
    assert len({words(page, language) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (share("unsaid", 4, 9, competency="c0"), "rated for 4 of 9 people (19% to 73%)."),
        (Figure("alpha", 40, 40, value=0.61, low=0.4, high=0.75, competency="c0"), "over 40 people (0.4 to 0.8), and"),
        (Figure("alpha", 40, 40, value=0.61, competency="c0"), "alpha is 0.6 over 40 people, and good from 0.8."),
        (Figure("survey", 12, 12, value=2.0, low=1.4, high=2.6, part="2"), "got 2.0 of 5 from 12 people (1.4 to 2.6)."),
    ],
)
def test_every_finding_tells_how_sure_its_number_is(figure, said):
    assert said in words(of_job(1, (figure,)))


def test_what_does_not_fit_is_counted():
    report = of_very_many().fitting()

    assert len(report.competencies) == FEWEST_COMPETENCIES
    assert len(of_very_many_competencies().fitting().competencies) == MOST_COMPETENCIES - 1
    assert report.competencies[0].asked.must_have
    assert sum(circles for _, circles in report.circles.kinds) <= MOST_CIRCLES
    assert "9 more competencies do not fit on this page." in words(report)
    assert "a circle is 5 interviews" in words(report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_script_no_style_of_one_element_nothing_from_elsewhere(language):
    hostile = of_job(2, title="<script>alert(1)</script> & Söhne")
    page = render_report(hostile._replace(organization='"><img src=x>'), language).body.decode()

    assert "&lt;script&gt;" in page
    assert not re.findall(r"<script|<img|\sstyle=|\son\w+=|https?://", page)
