"""`talentloop letters render`: every kind of letter in every language, with made-up words, to look at."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UserMistake
from services.notifications.domain.letters import Variant
from services.notifications.domain.policy import TO_COLLEAGUES, LetterKind, stream_of
from services.notifications.letters.rendering import LetterFrame, Value, write
from services.notifications.post.composing import Letterhead, compose
from shared.contracts import LegalFrame, Stream
from shared.web.dates import said_date, said_day, said_on
from shared.web.translation import LANGUAGES, called

app = typer.Typer(help="Look at the letters.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="Where to write them; made if it is not there.")]
Organization = Annotated[str, typer.Option(help="The organisation's name.")]
Colour = Annotated[str, typer.Option(help="The organisation's colour, #rrggbb.")]

BERLIN = "Europe/Berlin"
WRITTEN = datetime(2026, 11, 16, 7, tzinfo=UTC)
INTERVIEW = datetime(2026, 11, 19, 9, tzinfo=UTC)
MISSED = datetime(2026, 11, 13, 9, tzinfo=UTC)
LAST_DAY = date(2027, 2, 23)
DUE = datetime(2026, 11, 27, 17, tzinfo=UTC)
DELETED = datetime(2026, 11, 17, 7, tzinfo=UTC)
LEGAL = LegalFrame(
    "Halden GmbH, Torstraße 1, 10119 Berlin",
    "https://halden.example/privacy",
    "https://halden.example/imprint",
    "Berliner Beauftragte für Datenschutz und Informationsfreiheit",
)
ITEMS = (
    ("Python", "code that others can read", "You named things so that I never had to ask what a line was for.",
     "Keep the names, and add a test for the empty case.", "en"),
    ("Communication", "the answer first", "Sie haben erst die Antwort genannt und dann den Weg dorthin.",
     "Behalten Sie das auch bei, wenn jemand nachhakt.", "de"),
    ("SQL", "joins that stay right", "The count was too high after the join, and you went on with it.",
     "Before counting, say aloud what one row stands for.", "en"),
)  # fmt: skip

NOTES = (
    {"title": "Our warehouse is new", "about": "team", "language": "en", "url": "https://halden.example/columns",
     "text": "We keep our figures by columns now, and wrote down the three mistakes that we made on the way."},
    {"title": "Offener Abend am 3. Dezember", "about": "events", "language": "de", "url": None,
     "text": "Zwei von uns zeigen, wie sie eine langsame Abfrage finden. Um sechs, vor Ort und online."},
)  # fmt: skip

CLOSING_REASON = {
    "en": "The budget for it was withdrawn.",
    "de": "Das Budget dafür wurde gestrichen.",
    "fr": "Le budget prévu a été retiré.",
    "es": "Se retiró el presupuesto previsto.",
}

ANSWER = {
    "en": ["It was the second task, as you thought: the count was too high after the join, and nobody asked why.",
           "What we liked is that you said aloud what you were about to try."],
    "de": ["Es war die zweite Aufgabe, wie Sie vermuten: nach dem Join war die Zahl zu hoch, und niemand fragte nach.",
           "Gefallen hat uns, dass Sie laut gesagt haben, was Sie als Nächstes versuchen."],
    "fr": ["C’était le deuxième exercice\u202f: après la jointure, le total était trop élevé, sans qu’on le relève.",
           "Nous avons apprécié que vous disiez à voix haute ce que vous alliez essayer."],
    "es": ["Fue la segunda tarea, como usted pensaba: tras la unión, el total era demasiado alto y nadie lo preguntó.",
           "Nos gustó que dijera en voz alta lo que iba a probar."],
}  # fmt: skip


@app.callback()
def letters() -> None:
    """Look at the letters."""


@app.command()
def render(folder: Folder, organization: Organization = "Halden", colour: Colour = "#14532d") -> None:
    """Write each kind in each language as text and HTML, as it would leave. `index.html` leads to all of them."""
    if len(colour) != 7 or not colour.startswith("#") or not all(c in "0123456789abcdefABCDEF" for c in colour[1:]):
        raise UserMistake("--colour is written as #14532d.")
    for language in LANGUAGES:
        place = _made(folder / language)
        for variant in Variant:
            text, page = _parts(mail_of(variant, language, organization, colour))
            (place / f"{variant}.txt").write_text(text, encoding="utf-8")
            (place / f"{variant}.html").write_text(page, encoding="utf-8")
    (folder / "index.html").write_text(_index(), encoding="utf-8")
    print(f"{len(LANGUAGES) * len(Variant)} letters in {folder}; begin with {folder / 'index.html'}.")


KINDS = {
    Variant.FULL: LetterKind.DECISION,
    Variant.SHORT: LetterKind.DECISION,
    Variant.THANKS: LetterKind.DECISION,
    Variant.POOL_REMINDER: LetterKind.POOL_INVITATION,
    Variant.REMINDER_FOR_CANDIDATE: LetterKind.REMINDER,
    Variant.DIGEST: LetterKind.REMINDER,
    Variant.MENTORING_BEGINS: LetterKind.MENTORING,
    Variant.MENTORING_RENEWED: LetterKind.MENTORING,
    Variant.MENTORING_ENDED: LetterKind.MENTORING,
    Variant.MENTOR_ASKED: LetterKind.MENTOR,
    Variant.MENTOR_BEGINS: LetterKind.MENTOR,
    Variant.MENTOR_RENEWED: LetterKind.MENTOR,
    Variant.MENTOR_ENDED: LetterKind.MENTOR,
    Variant.REFERRAL_THANKS: LetterKind.REFERRAL,
}  # of variants that are not called as their kind is


def mail_of(variant: Variant, language: str, organization: str = "Halden", colour: str | None = None) -> bytes:
    """A whole mail of this kind, with made-up values."""
    words = write(variant, language, organization=organization, **values_of(language))
    kind = KINDS.get(variant) or LetterKind(variant)
    is_duty = stream_of(kind) is Stream.DUTY
    frame = LetterFrame(
        language,
        organization,
        colour,
        unsubscribe_link=None if is_duty else "https://talent.example/unsubscribe/token",
        page_link=None
        if kind in (*TO_COLLEAGUES, LetterKind.DATA_RIGHTS, LetterKind.PAGE_LINK)
        else "https://talent.example/me/token",
        legal=LegalFrame() if kind in TO_COLLEAGUES else LEGAL,
    )
    head = Letterhead(
        sender_name=organization,
        sender_address="talent@halden.example",
        to_name="Noor Haddad",
        to_address="noor@mail.example",
        reply_address="r+token@mail.halden.example",
        message_id="<letter@mail.halden.example>",
        written_at=WRITTEN,
    )
    return compose(words, frame, head, stream_of(kind))


def values_of(language: str) -> dict[str, Value]:
    """Made-up values for everything a letter may name."""
    links = ("jobs", "mentor", "mentor_page", "pool", "answer", "stay", "survey", "form", "rate", "feedback")
    items = [dict(zip(("name", "looks_for", "observed", "suggestion", "language"), i, strict=True)) for i in ITEMS]
    return {
        "name": called("Noor Haddad", "Noor", language),
        "candidate": "Noor Haddad",
        "title": "Data Analyst Intern, Summer 2027",
        "job_url": "https://jobs.example/ws27",
        "hired_nobody": True,
        "was_interviewed": True,
        "asked_because": "rule",
        "closing_reason": CLOSING_REASON[language],
        "sender": "Halden",
        "person": "Ines Calder",
        "strengths": items[:2],
        "development": items[2:],
        "sought": items,
        "starts_on": said_on(INTERVIEW, BERLIN, language),
        "slots": [
            {
                "starts_on": said_on(INTERVIEW, BERLIN, language),
                "minutes": 45,
                "format": "video",
                "location": None,
                "meeting_url": "https://meet.example/amara-ada",
                "roles": "hiring_manager",
            },
            {
                "starts_on": said_on(INTERVIEW + timedelta(hours=2), BERLIN, language),
                "minutes": 60,
                "format": "onsite",
                "location": "Halden, Hafenstr. 1, second floor",
                "meeting_url": None,
                "roles": "colleague",
            },
        ],
        "zone": BERLIN,
        "off_by": "candidate",
        "slot_on": said_on(MISSED, BERLIN, language),
        "is_missed": True,
        "due_on": said_day(DUE, BERLIN, language),
        "deleted_on": said_day(DELETED, BERLIN, language),
        "is_held": False,
        "competency": "SQL",
        "headline": "an evening about SQL",
        "text": "We meet on 3 December at six, on site and online: two of us show how they find a slow query.",
        "text_language": "en",
        "label": "Halden",
        "more_link": "https://halden.example/evenings",
        "points": items[2:],
        "notes": NOTES,
        "mentor": "Ada Lindqvist",
        "mentor_address": "ada@halden.example",
        "mentored": called("Noor Haddad", "Noor", language),
        "mentored_address": "noor@mail.example",
        "goals": [item["suggestion"] for item in items[1:]],
        "spoken": language,
        "last_day": said_date(LAST_DAY, language),
        "has_begun": True,
        "is_again": False,
        "is_completed": True,
        "by": "Ben Okafor",
        "owner": "Ines Calder",
        "jobs": ["Analytics Engineer", "Working Student Data Quality"],
        **_digest(language),
        "asked": "feedback_requested",
        "words": "Was it the second task? I was not sure about the join.",
        "words_language": language,
        "paragraphs": ANSWER[language],
        **{f"{link}_link": f"https://talent.example/{link}/token" for link in links},
    }


def _digest(language: str) -> dict[str, Value]:
    """What a colleague's digest names."""
    title = "Data Analyst Intern, Summer 2027"
    since, due = said_day(MISSED, BERLIN, language), said_day(DUE, BERLIN, language)
    letters: list[dict[str, str | int | None]] = [
        {"label": title, "count": 5},
        {"label": "Working Student Analytics", "count": 1},
    ]
    matches: list[dict[str, str | int | None]] = [{"label": "Analytics Engineer", "count": 2}]
    waiting: list[dict[str, str | int | None]] = [
        {"label": f"Hanna Virtanen, {title}", "missing": "feedback", "since": since, "due": due, "is_overdue": 1},
        {"label": f"Tom Fischer, {title}", "missing": "decision", "since": since, "due": due, "is_overdue": 0},
        {"label": f"Priya Raman, {title}", "missing": "approval", "since": since, "due": None, "is_overdue": 0},
    ]
    return {
        "spoken": language,
        "letters": letters,
        "waiting": waiting,
        "more_waiting": 4,
        "tasks": [{"kind": "disputed", "about": f"Lukas Brandt, {title}", "due": due}],
        "more_tasks": 1,
        "matches": matches,
        "held": 1,
        **{
            f"{place}_link": f"https://console.example/{place}"
            for place in ("letters", "waiting", "tasks", "matches", "held")
        },
    }


def _parts(mail: bytes) -> tuple[str, str]:
    message = message_from_bytes(mail, policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - of the policy
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    told = f"Subject: {message['Subject']}\n\n"
    return told + (text.get_content() if text else ""), page.get_content() if page else ""


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserMistake(f"{folder} cannot be written to: {error.strerror}.") from None
    return folder


def _index() -> str:
    rows = "".join(
        f"<tr><th>{variant}</th>"
        + "".join(f'<td><a href="{code}/{variant}.html">{code}</a></td>' for code in LANGUAGES)
        + "</tr>"
        for variant in Variant
    )
    return f'<!doctype html><meta charset="utf-8"><title>Letters</title><table>{rows}</table>'
