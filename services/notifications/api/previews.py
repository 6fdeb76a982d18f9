"""A letter before it leaves, as its reader would get it, without the links that are theirs alone."""

from datetime import datetime

from jinja2 import TemplateError
from pydantic import Field

from services.notifications.domain.records import RecipientRecord
from services.notifications.letters.links import WITHHELD, WithheldLinks
from services.notifications.letters.rendering import Block, as_html, as_text
from services.notifications.letters.writing import WrittenLetter, write_letter
from services.notifications.sql.sending import load_coming
from shared.contracts import Value
from shared.kit.db import Connection


class PreviewBlock(Value):
    """One paragraph; `label` and `language`: of what an interviewer wrote."""

    text: str
    is_heading: bool = False
    is_button: bool = False
    label: str | None = None
    language: str | None = None


class Preview(Value):
    """The mail as it would leave now."""

    language: str
    subject: str
    sender: str
    text: str = Field(description=f"What would be a link of its reader alone is `{WITHHELD}`; also in `html`.")
    html: str
    blocks: tuple[PreviewBlock, ...] = Field(description="Its words, without what stands below every mail.")


async def preview(conn: Connection, record: RecipientRecord, letter: str, now: datetime) -> Preview | None:
    """None for a letter that has left or never will."""
    coming = await load_coming(conn, record.organization.organization, letter)
    if coming is None:
        return None
    try:
        return _shown(await write_letter(conn, coming, record, WithheldLinks(), now))
    except TemplateError:  # what it was to speak of is known no more: it is decided again before it leaves
        return None


def _shown(written: WrittenLetter) -> Preview:
    return Preview(
        language=written.frame.language,
        subject=written.words.subject,
        sender=written.sender,
        text=as_text(written.words, written.frame),
        html=as_html(written.words, written.frame),
        blocks=tuple(_block(b) for b in written.words.blocks),
    )


def _block(block: Block) -> PreviewBlock:
    return PreviewBlock(
        text=block.text,
        is_heading=block.is_heading,
        is_button=block.link is not None,
        label=block.label,
        language=block.language,
    )
