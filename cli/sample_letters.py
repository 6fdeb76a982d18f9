"""Made-up values for everything a letter may name, to look at letters with."""

from datetime import UTC, date, datetime, timedelta

from services.notifications.letters.rendering import Value
from shared.web.dates import said_date, said_day, said_on
from shared.web.translation import called

BERLIN = "Europe/Berlin"
INTERVIEW = datetime(2026, 11, 19, 9, tzinfo=UTC)
MISSED = datetime(2026, 11, 13, 9, tzinfo=UTC)
LAST_DAY = date(2027, 2, 23)
DUE = datetime(2026, 11, 27, 17, tzinfo=UTC)
DELETED = datetime(2026, 11, 17, 7, tzinfo=UTC)
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
        "by": "Ben Okafor",
        "owner": "Ines Calder",
        "jobs": ["Analytics Engineer", "Working Student Data Quality"],
        **_interviews(language),
        **_mentoring(language, items),
        **_digest(language),
        "asked": "feedback_requested",
        "words": "Was it the second task? I was not sure about the join.",
        "words_language": language,
        "paragraphs": ANSWER[language],
        **{f"{link}_link": f"https://talent.example/{link}/token" for link in links},
    }


def _interviews(language: str) -> dict[str, Value]:
    """Interviews that are to be, or were not."""
    return {
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
    }


def _mentoring(language: str, items: list[dict[str, str]]) -> dict[str, Value]:
    """A mentor, and whom they help."""
    return {
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
