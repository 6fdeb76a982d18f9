"""A letter's words get their form: in the reader's language, text and HTML from one source."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, select_autoescape

from services.notifications.domain.applications import FeedbackItem
from services.notifications.domain.organizations import SoughtCompetency
from shared.contracts import LegalFrame
from shared.web.translation import LANGUAGES, spoken, translated

TEMPLATE_VERSION = "mail-2026-11"
COLOUR = "#14532d"
DARK = 140  # of 255: on a darker background white words are easier to read
BUTTON, HEADING, ITEM, TITLED = "\x01", "\x02", "\x03", "\x04"  # begin a line; no value holds them
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # which may end a line; those that may not are kept
_LINKING = re.compile(r"(?<=[.@．。｡])(?=\w\w)|(?<=:)(?=//)")  # of an address, mail programs make a link

Value = str | int | None | Sequence[Mapping[str, str | int | None]] | Sequence[str]


def _environment(language: str) -> Environment:
    environment = translated(
        PackageLoader("services.notifications", "templates/mail"),
        ("services.notifications",),
        language,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
    )
    environment.globals.update(button=BUTTON, heading=HEADING, item=ITEM, titled=TITLED)
    return environment


mails = {language: _environment(language) for language in LANGUAGES}


class Block(NamedTuple):
    """A paragraph; a button where it has a link; somebody's words, as a heading or under a label, in their language.

    Words of which the ones before have the label have an empty one.
    """

    text: str
    link: str | None = None
    is_heading: bool = False
    label: str | None = None
    language: str | None = None


class LetterWords(NamedTuple):
    """What a letter says, before it has a form."""

    subject: str
    blocks: tuple[Block, ...]


class LetterFrame(NamedTuple):
    """What stands around the words of a letter."""

    language: str
    organization: str
    colour: str | None = None
    unsubscribe_link: str | None = None
    page_link: str | None = None  # the candidate's own page; a colleague has none
    legal: LegalFrame = LegalFrame()


def language_for(*preferred: str | None) -> str:
    """The first language we have words in, the most preferred first."""
    return spoken(*preferred)


def write(variant: str, language: str, **values: Value) -> LetterWords:
    """The words of a letter. The first line is the subject, each other one a block; values stay within their line."""
    source = mails[language].get_template(f"{variant}.txt").render({k: _in_one_line(v) for k, v in values.items()})
    subject, *lines = (line.strip(" ") for line in source.splitlines() if line.strip(" "))
    return LetterWords(subject, tuple(_block(line) for line in lines))


def written_name(name: str) -> str:
    """A candidate's name as mails say it: people choose theirs, and whatever it says leads nowhere."""
    return _LINKING.sub(" ", name)


def _in_one_line(value: Any) -> Any:
    """What a person typed begins no line of its own and marks none."""
    match value:
        case str():
            return _BLANKS.sub(" ", "".join(c if c >= " " else " " for c in value)).strip()
        case Mapping():
            return {key: _in_one_line(one) for key, one in value.items()}
        case Sequence():
            return [_in_one_line(one) for one in value]
        case _:
            return value


def _block(line: str) -> Block:
    mark, rest = line[0], line[1:].strip()
    if mark == BUTTON:
        label, _, link = rest.rpartition(" | ")
        return Block(label, link)
    if mark == HEADING:
        return Block(rest, is_heading=True)
    if mark == TITLED:
        language, _, title = rest.partition(" ")
        return Block(title, is_heading=True, language=language)
    if mark == ITEM:
        language, _, said = rest.partition(" ")
        label, _, text = said.partition(" | ")
        return Block(text, label=label, language=language)
    return Block(line)


def shown_items(items: Sequence[FeedbackItem], names: Mapping[str, SoughtCompetency]) -> list[dict[str, str | None]]:
    """Items as the templates read them: with the competency's name, and what the job looks for."""
    return [
        {
            "name": names[i.competency].name.replace(" | ", ", ") if i.competency in names else i.competency,
            "looks_for": names[i.competency].looks_for if i.competency in names else None,
            "observed": i.observed,
            "suggestion": i.suggestion,
            "language": i.language,
        }
        for i in items
    ]


def as_text(words: LetterWords, frame: LetterFrame) -> str:
    """The letter as plain text."""
    return _laid_out("layout.txt", words, frame)


def as_html(words: LetterWords, frame: LetterFrame) -> str:
    """The letter as a page of its own, which loads nothing."""
    return _laid_out("layout.html", words, frame)


def _laid_out(template: str, words: LetterWords, frame: LetterFrame) -> str:
    colour = frame.colour or COLOUR
    around = frame._asdict() | {"colour": colour, "on_colour": _readable_on(colour), "on_dark": _lifted(colour)}
    return mails[frame.language].get_template(template).render(blocks=words.blocks, subject=words.subject, **around)


def _readable_on(colour: str) -> str:
    """White on dark, black on light."""
    red, green, blue = _parts(colour)
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < DARK else "#000000"


def _lifted(colour: str) -> str:
    """Half way to white: as it is seen on black."""
    return "#" + "".join(f"{(part + 255) // 2:02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
