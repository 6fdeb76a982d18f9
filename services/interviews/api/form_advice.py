"""The lint in the feedback form: it advises, the interviewer decides. While typing with script, else on sending."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints

from shared.contracts import Value
from shared.lint import ADVICE, Code
from shared.web.linting import lint_aside, readable

QUOTED = {"en": "“{}”", "de": "„{}“", "fr": "« {} »", "es": "«{}»"}
COLON = {"fr": "\u202f: "}
SEEN = "seen"  # the field by which somebody says that they have read the advice

SCRIPT = files("services.interviews").joinpath("templates/pages/lint.js").read_text("utf-8")
_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Written(Value):
    """What stands in the form now, by field."""

    language: Annotated[str, StringConstraints(max_length=35)]
    texts: Annotated[
        dict[str, Annotated[str, StringConstraints(max_length=5_000)]], Field(max_length=150), AfterValidator(readable)
    ]


class Advised(Value):
    """Advice by field."""

    advice: dict[str, list[str]]


class Advice(NamedTuple):
    """What was found, as sentences by field; `seen`: what the form says when these very findings were read."""

    by_field: Mapping[str, Sequence[str]]
    seen: str


async def advise(texts: Mapping[str, str], language: str, names: Sequence[str], reader: str) -> Advice:
    """A sentence, in the `reader`'s language, for each thing that must not stand in a letter. Empty for none."""
    fields = list(texts)
    by_field: dict[str, dict[Code, list[str]]] = {}
    for finding in await lint_aside(list(texts.values()), language, names):
        by_field.setdefault(fields[finding.text], {}).setdefault(finding.code, []).append(finding.found)
    said = {f: [_sentence(code, words, reader) for code, words in found.items()] for f, found in by_field.items()}
    return Advice(said, hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:16] if said else "")


def _sentence(code: Code, words: Sequence[str], reader: str) -> str:
    quoted = ", ".join(QUOTED[reader].format(word) for word in dict.fromkeys(words))
    return f"{quoted}{COLON.get(reader, ': ')}{ADVICE[reader][code]}"
