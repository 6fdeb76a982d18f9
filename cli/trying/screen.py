"""What came of the round, for people and for programs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.markup import escape

from cli.check.judging import Judge
from cli.check.recorded import Message
from cli.trying.letters import TrackedLetter
from cli.trying.playing import RoundOutcome
from cli.trying.story import NAMES, SOURCE, StoryRecord
from services.notifications.domain.letters import State
from shared.contracts import ApplicationDecided

_WIDTH = 10


def lines(outcome: RoundOutcome) -> Iterator[str]:
    """Person by person, then the refusals, then what to read next; rich's markup."""
    story = outcome.story
    yield (
        f"{SOURCE} said {outcome.said} facts of organisation {story.organization} to Kafka at {outcome.kafka}. "
        f"{outcome.seconds:.1f} s later this had come of them:"
    )
    for candidate, name in NAMES.items():
        yield ""
        yield f"[bold]{name}[/]"
        yield from _lines_of(outcome, candidate)
    yield ""
    yield "[bold]Refused[/]"
    for place, record, body in outcome.refused:
        yield _line(
            "record", f"{record.key.decode()} on {place.topic}, partition {place.partition}, offset {place.offset}"
        )
        yield _line("why", escape(f"{body['code']} at {body['field']}: {_explained(record, outcome)}"))
        yield _line("then", "send it again, corrected; nothing else was held up by it")
    yield from _next(outcome)


def _lines_of(outcome: RoundOutcome, candidate: str) -> Iterator[str]:
    for body in outcome.pooled[candidate]:
        yield _line("pool", escape(f"{body['family']}, {_spoken(body['status'])}. {' '.join(body['why'])}"))
    for body in outcome.matched[candidate]:
        yield _line("proposed", escape(f"for {body['job']}: meets {body['meets']} of {body['of']}"))
    for letter in _letters(outcome, candidate):
        yield _line("letter", escape(_told(letter)))


def _letters(outcome: RoundOutcome, candidate: str) -> list[TrackedLetter]:
    """Those that have left first."""
    theirs = [letter for letter in outcome.letters if letter.candidate == candidate]
    return sorted(theirs, key=lambda letter: (letter.file is None, letter.kind))


def _told(letter: TrackedLetter) -> str:
    kind = _spoken(letter.kind)
    if letter.file:
        return f"{kind}, sent: “{letter.subject}”; read {_near(letter.file)}"
    if letter.state == State.PLANNED and letter.due_at:
        return f"{kind}, leaves on {letter.due_at:%a %d %b %Y at %H:%M} UTC"
    state = "not sent" if letter.state == State.SUPPRESSED else letter.state
    return f"{kind}, {state}{f': {_spoken(letter.reason)}' if letter.reason else ''}"


def _spoken(code: str) -> str:
    return code.replace("_", " ")


def _near(file: Path) -> Path:
    """As it is reached from here."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _line(what: str, words: str) -> str:
    return f"  {what:{_WIDTH}}{words}"


def _explained(record: StoryRecord, outcome: RoundOutcome) -> str:
    """As `talentloop check` tells it of the very record."""
    judge = Judge(record.topic, None, "", outcome.story.start)
    message = Message(record.topic, record.key, True, record.value, record.headers)
    return "; ".join(problem.detail for problem in judge.take("", message).problems)


def _next(outcome: RoundOutcome) -> Iterator[str]:
    [event] = [
        record.event
        for record in outcome.story.records()
        if record.key.endswith(b"/app-ana") and record.topic == ApplicationDecided.topic
    ]
    yield ""
    yield "[bold]Next[/]"
    yield _line("look", f"at them as a recruiter of {outcome.story.organization} (“Somebody else”): {outcome.console}")
    yield _line("trace", f"what the decision about Ana caused: talentloop trace {event}")
    yield _line("connect", "your platform: docs/integration.md; in Python, Java, Go or Node: examples/platform")
    yield _line("check", "what you would send, or have sent: talentloop check FILE")


def as_json(outcome: RoundOutcome) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "organization": outcome.story.organization,
        "kafka": outcome.kafka,
        "console": outcome.console,
        "said": outcome.said,
        "seconds": round(outcome.seconds, 1),
        "people": [_person(outcome, candidate) for candidate in NAMES],
        "refused": [
            place._asdict()
            | {"key": record.key.decode(), "event": record.event, "code": body["code"], "field": body["field"]}
            | {"detail": _explained(record, outcome)}
            for place, record, body in outcome.refused
        ],
    }


def _person(outcome: RoundOutcome, candidate: str) -> dict[str, Any]:
    return {
        "candidate": candidate,
        "name": NAMES[candidate],
        "pooled": outcome.pooled[candidate],
        "matched": outcome.matched[candidate],
        "letters": [_letter(letter) for letter in _letters(outcome, candidate)],
    }


def _letter(letter: TrackedLetter) -> dict[str, Any]:
    told = letter._asdict()
    return told | {
        "due_at": letter.due_at.isoformat() if letter.due_at else None,
        "file": str(letter.file) if letter.file else None,
    }
