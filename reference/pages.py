"""How a made page is written: a template of Markdown and what it is filled with."""

import json
from typing import Any, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined

from reference.fields import anchor, spoken

ANY_BYTES = "surrogateescape"  # what is no text, such as a picture, goes through as it is
Pages: TypeAlias = dict[str, str]  # the text of each page or file, by its path


def render(template: str, **values: Any) -> str:
    """The Markdown of one page."""
    return _TEMPLATES.get_template(template).render(values)


def as_json(value: Any) -> str:
    """A value as an example shows it; text that is no JSON as it is."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def in_cell(text: str) -> str:
    """Words that stand in one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def page_name(subject: str) -> str:
    """The file of one subject: that of `links in mails` is `links-in-mails.md`."""
    return f"{subject.replace(' ', '-').replace(chr(39), '')}.md"


_TEMPLATES = Environment(
    loader=PackageLoader("reference"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701 - Markdown out of our own schemas
)
_TEMPLATES.filters |= {"json": as_json, "cell": in_cell, "anchor": anchor, "page": page_name, "spoken": spoken}
