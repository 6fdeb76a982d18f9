"""What a mail means that a person wrote, or a mailbox in their place."""

from datetime import date

import pytest

from services.notifications.post.reading import Meaning, read
from tests.notifications.reading.mails import RECEIVED, mail, meaning

AWAY = "Ich bin vom 21.12.26 bis 5.1.27 im Urlaub und nicht im Büro."


@pytest.mark.parametrize("has_sender", [False, True])
@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        (("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"), "Automatische Antwort: Ihr Gespräch"),
        (("Auto-Submitted: auto-replied; owner-email=amara@mail.example",), "Re: Ihr Gespräch"),  # RFC 3834, 5436
        (("Auto-Submitted: auto-replied (vacation)",), "Ihr Gespräch"),
        (("X-Autoreply: yes",), "Ihr Gespräch"),
        (("Precedence: auto_reply",), "Ihr Gespräch"),
        ((), "Abwesenheitsnotiz: Ihr Gespräch"),
        ((), "Réponse automatique : votre entretien"),
        ((), "Odpowiedź automatyczna: rozmowa"),
        ((), "Automatisk svar: samtale"),
        ((), "Automatická odpověď: Pohovor"),
        ((), "Otomatik Yanıt: Görüşme"),
        ((), "Răspuns automat: Interviu"),
        ((), "Αυτόματη απάντηση: Συνέντευξη"),
        ((), "Автоматический ответ: Собеседование"),
        ((), "自动回复: 面试"),
        ((), "자동 회신: 면접"),
        ((), "Vacation reply: interview"),
        ((), "OOO Re: Ihr Gespräch"),
        ((), "Out of office"),
    ],
)
@pytest.mark.parametrize("more", ["", "\nMein Zimmer ist 5.1.12, Tel. 550 5.1.1 oder 10.4.7.1."])
def test_an_absence_is_an_absence_whatever_numbers_are_in_it(headers, subject, has_sender, more):
    content = mail(AWAY + more, *headers, subject=subject, sender="Amara <amara@mail.example>")

    found = read(content, has_sender=has_sender, received=RECEIVED)

    assert (found.meaning, found.last_day_away) == (Meaning.OUT_OF_OFFICE, date(2027, 1, 5))


def test_an_absence_is_not_dated_by_the_letter_it_answers():
    quoted = f"{AWAY}\n\n-----Original Message-----\nYou may answer until 12 April 2027.\n> or until 13 April 2027"
    content = mail(quoted, subject="Automatic reply: answer until 14 April 2027", sender="amara@mail.example")

    assert read(content, has_sender=True, received=RECEIVED).last_day_away == date(2027, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "Szabadságon vagyok.", "Ofis dışındayım.", "Sunt în concediu.", "Απουσιάζω από το γραφείο.", "Я в отпуске.",
        "我目前不在辦公室", "휴가 중입니다.", "休暇をいただいております。", "Olen lomalla.", "Jeg er ikke på kontoret.",
    ],
)  # fmt: skip
def test_an_absence_is_one_in_any_of_many_languages(text):
    content = mail(text, "Auto-Submitted: auto-replied", subject="Re: Hello", sender="Amara <amara@mail.example>")

    assert meaning(content, has_sender=True) is Meaning.OUT_OF_OFFICE


def test_a_mailbox_that_says_in_a_header_that_its_owner_is_away_is_believed():
    content = mail("I'm only sleeping.", "X-Apple-Action: VACATION", subject="Re: Hello", sender="amara@mail.example")

    assert meaning(content) is Meaning.OUT_OF_OFFICE


@pytest.mark.parametrize(
    "header",
    [
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "Precedence: bulk",
        "Precedence: list",
        "List-Id: <alumni.mail.example>",
        "X-Autoreply: no",
        "Auto-Submitted: no",
        "X-Priority: 1",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "Could we move it to Friday? Amara",
        "My old address is dead: 550 5.1.1 User unknown. Please use this one.",
        "I was on holiday until 12 January 2027 and could not be reached.",
    ],
)
def test_what_a_person_wrote_is_a_reply(header, text):
    content = mail(text, header, subject="Re: Halden: your interview", sender="Amara <amara@mail.example>")

    assert meaning(content, has_sender=True) is Meaning.REPLY


@pytest.mark.parametrize(
    ("content", "has_sender"),
    [
        (mail("Your ticket is 4711.", "Auto-Submitted: auto-generated", subject="Hello", sender="a@b.example"), True),
        (mail("Your ticket is 4711.", subject="Hello", sender="a@b.example"), False),
        (mail("We have got it.", subject="Hello", sender="no-reply@b.example"), True),
        (b"", False),
        (b"\xff\x00: \r\n\r\n\xff", False),
    ],
)
def test_what_a_machine_wrote_and_nobody_can_tell_is_for_a_person(content, has_sender):
    found = read(content, has_sender=has_sender, received=RECEIVED)

    assert (found.meaning, found.needs_a_reader) == (Meaning.AUTOMATIC, True)
