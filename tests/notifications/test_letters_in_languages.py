"""Every kind of letter in every language: complete, in one multipart mail, without anything from elsewhere."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from cli.letters import KINDS, mail_of
from cli.sample_letters import values_of
from services.notifications.domain.letters import Variant
from services.notifications.domain.policy import TO_COLLEAGUES
from services.notifications.letters.rendering import LetterFrame, write
from services.notifications.post.composing import Letterhead, Unaddressable, compose
from shared import lint
from shared.contracts import Stream
from shared.web.dates import said_on
from shared.web.translation import LANGUAGES
from tests.notifications.facts import at
from tests.programs import talentloop


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", Variant)
def test_it_is_text_and_html_in_one_mail_and_loads_nothing(variant, language):
    mail = message_from_bytes(mail_of(variant, language), policy=default)

    text = mail.get_body(("plain",)).get_content().replace("\r", "")
    page = mail.get_body(("html",)).get_content()
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Content-Language"] == language
    assert f'<html lang="{language}">' in page
    assert re.findall(r"<(img|link|script|iframe|object|video)\b|url\(|@import|src=", page) == []
    assert not re.search(r"[\x00-\x08\x0b-\x1f]|%\(", text)
    assert mail["Subject"] == write(variant, language, organization="Halden", **values_of(language)).subject
    links = set(re.findall(r'href="([^"]+)"', page))
    assert links == set(re.findall(r"^https://\S+$", text, re.MULTILINE))


@pytest.mark.parametrize("variant", Variant)
def test_whoever_can_open_a_page_of_their_own_finds_the_way_there(variant):
    page = message_from_bytes(mail_of(variant, "en"), policy=default).get_body(("html",)).get_content()

    has_none = variant in (Variant.DATA_RIGHTS, Variant.PAGE_LINK) or KINDS.get(variant, variant) in TO_COLLEAGUES
    assert ("Your page</a>: your applications" in page) is not has_none


def test_letters_are_written_in_the_languages_that_the_lint_reads():
    assert sorted(lint.LANGUAGES) == sorted(LANGUAGES)


@pytest.mark.parametrize("variant", Variant)
def test_no_two_languages_say_it_in_the_same_words(variant):
    subjects = {write(variant, language, organization="Halden", **values_of(language)).blocks for language in LANGUAGES}

    assert len(subjects) == len(LANGUAGES)


CAME_ABOUT = [  # each way in which somebody is asked or invited, and how that is said
    (Variant.POOL_INVITATION, "rule", [
        "We ask you because of what your interviewers wrote: a rule, the same for everybody, says whom we ask.",
        "Wen wir fragen, bestimmt eine Regel, die für alle gleich ist.",
        "une règle, la même pour tout le monde, détermine à qui nous la posons.",
        "una regla, igual para todas las personas, determina a quién se la hacemos.",
    ]),
    (Variant.FULL, "review", [
        "because a person here looked at your application",
        "weil sich hier ein Mensch Ihre Bewerbung angesehen hat",
        "parce qu’une personne d’ici a examiné votre candidature",
        "porque una persona de aquí revisó su candidatura",
    ]),
    (Variant.THANKS, "offer", [
        "because we would have liked to work with you",
        "weil wir gern mit Ihnen gearbeitet hätten",
        "parce que nous aurions aimé travailler avec vous",
        "porque nos habría gustado trabajar con usted",
    ]),
    (Variant.SHORT, "reconsider", [
        "because the person who decided would gladly look at another application of yours",
        "weil die Person, die entschieden hat, sich gern eine weitere Bewerbung von Ihnen ansehen würde",
        "parce que la personne qui a décidé examinerait volontiers une autre candidature",
        "porque quien tomó la decisión vería con gusto otra candidatura suya",
    ]),
    (Variant.JOB_INVITATION, None, [
        "Software compared what your interviewers wrote with what this job asks for; a person here looked at it",
        "Software hat verglichen, was nach Ihren Gesprächen aufgeschrieben wurde und was diese Stelle verlangt;",
        "Un logiciel a comparé ce qui a été noté après vos entretiens avec ce que ce poste demande",
        "Un programa comparó lo que se escribió tras sus entrevistas con lo que pide este puesto; una persona",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("variant", "because", "said"), CAME_ABOUT)
def test_an_invitation_says_how_it_came_about(variant, because, said):
    others = [words for _, other, of in CAME_ABOUT if other != because for words in of]
    for language, words in zip(("en", "de", "fr", "es"), said, strict=True):
        values = values_of(language) | {"asked_because": because}
        blocks = str(write(variant, language, organization="Halden", **values).blocks)

        assert words in blocks
        assert [other for other in others if other in blocks] == []


def test_an_items_language_is_marked_where_it_is_another_one():
    page = message_from_bytes(mail_of(Variant.FULL, "fr"), policy=default).get_body(("html",)).get_content()

    assert '<span lang="de">Sie haben erst' in page
    assert '<span lang="en">You named' in page
    assert 'lang="en"' not in message_from_bytes(mail_of(Variant.FULL, "en"), policy=default).get_body(
        ("html",)
    ).get_content().replace('<html lang="en">', "")


FRAME = LetterFrame("en", "Halden")
HEAD = Letterhead(
    sender_name="Halden",
    sender_address="talent@halden.example",
    to_name="Noor",
    to_address="noor@mail.example",
    reply_address="r@halden.example",
    message_id="<l@halden.example>",
    written_at=at("2026-11-16 08:00"),
)


@pytest.mark.parametrize(
    "typed", ["Noor\r\nBcc: all@evil.example", "Noor\nX-Evil: 1", "Noor\u2028Bcc: x@evil.example", "Noor\x00\x01\x02"]
)
def test_nothing_that_was_typed_makes_a_header(typed):
    values = values_of("en") | {"title": typed, "name": typed, "candidate": typed}
    for variant in Variant:
        words = write(variant, "en", organization=typed, **values)
        made = compose(words, FRAME._replace(organization=typed), HEAD, Stream.DUTY)
        mail = message_from_bytes(made, policy=default)
        assert {"bcc", "x-evil"} & {name.lower() for name in mail} == set()
        assert mail.get_all("To") == ["Noor <noor@mail.example>"]


@pytest.mark.parametrize("field", ["sender_name", "to_name", "reply_address", "message_id", "to_address"])
def test_a_line_break_in_an_address_makes_no_mail(field):
    words = write(Variant.SHORT, "en", organization="Halden", **values_of("en"))

    with pytest.raises(Unaddressable):
        compose(words, FRAME, HEAD._replace(**{field: "x@y.example\r\nBcc: all@evil.example"}), Stream.DUTY)


def test_days_are_said_as_people_say_them():
    instant = at("2026-11-19 10:00")

    assert {language: said_on(instant, "Europe/Berlin", language) for language in LANGUAGES} == {
        "en": "Thursday, 19 November 2026 at 10:00",
        "de": "Donnerstag, 19. November 2026, 10:00 Uhr",
        "fr": "jeudi 19 novembre 2026 à 10:00",
        "es": "jueves, 19 de noviembre de 2026, a las 10:00",
    }


def test_the_command_renders_all_of_them_and_refuses_what_it_cannot_do(tmp_path):
    done = talentloop("letters", "render", str(tmp_path / "out"), home=tmp_path)
    wrong = talentloop("letters", "render", str(tmp_path / "out"), "--colour", "green", home=tmp_path)

    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").rglob("*.html"))) == len(Variant) * len(LANGUAGES) + 1
    assert (wrong.returncode, "#14532d" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("variant", Variant)
def test_french_has_a_space_that_does_not_break_before_each_colon_of_a_mail(variant):
    mail = message_from_bytes(mail_of(variant, "fr"), policy=default)
    theirs = values_of("fr")["text"]  # the organisation's own words, in English
    text = f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}".replace(theirs, "")

    assert re.findall(r"[^\u202f\d]:(?=\s|$)| [:;?!»]|« ", text, re.MULTILINE) == []
