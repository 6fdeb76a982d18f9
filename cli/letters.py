"""`talentloop letters render`: every kind of letter in every language, with made-up words, to look at."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UserMistake
from cli.sample_letters import values_of
from services.notifications.domain.letters import Variant
from services.notifications.domain.policy import TO_COLLEAGUES, LetterKind, stream_of
from services.notifications.letters.rendering import LetterFrame, write
from services.notifications.post.composing import Letterhead, compose
from shared.contracts import LegalFrame, Stream
from shared.web.translation import LANGUAGES

app = typer.Typer(help="Look at the letters.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="Where to write them; made if it is not there.")]
Organization = Annotated[str, typer.Option(help="The organisation's name.")]
Colour = Annotated[str, typer.Option(help="The organisation's colour, #rrggbb.")]

WRITTEN = datetime(2026, 11, 16, 7, tzinfo=UTC)
LEGAL = LegalFrame(
    "Halden GmbH, Torstraße 1, 10119 Berlin",
    "https://halden.example/privacy",
    "https://halden.example/imprint",
    "Berliner Beauftragte für Datenschutz und Informationsfreiheit",
)


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
