"""Every pattern of every schema means the same to the regular expressions of each language that reads them."""

import base64
import json
import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import jsonschema_rs
import pytest
import re2

from shared.contracts.generate import FOLDER
from tests.contracts.samples import BODIES

NODE = Path(__file__).parents[1] / "asyncapi"
HERE = Path(__file__).parent / "patterns"
OTHERS = {"ECMAScript": ("node", str(HERE / "matches.js")), "Java": ("java", str(HERE / "Matches.java"))}
# None ends in a line break: Python's and Java's `$` also stand before the last one.
TEXTS = (
    "", "Ana", "ana@mail.example", "Łukasz Ærø", "日本 😀", "a < b", "<b>", "a <", "<!x", "two\nlines", "tab\there",
    "nul\0", "c1\x85 x", "line\u2028line", "paragraph\u2029 x", "acme", "a" * 65, "x_1-2", "DE", "de-CH", "+49 30",
    "https://x.example/a", "#0a6e5c", "2026-11-23",
)  # fmt: skip


def patterns_in(part):
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    own = {part["pattern"]} if isinstance(part, dict) and isinstance(part.get("pattern"), str) else set()
    return own.union(*(patterns_in(value) for value in inner))


PATTERNS = sorted(set().union(*(patterns_in(json.loads(file.read_text("utf-8"))) for file in FOLDER.glob("*.json"))))
PAIRS = list(product(PATTERNS, TEXTS))
HERE_SAID = [bool(re.search(pattern, text)) for pattern, text in PAIRS]


def test_re2_reads_every_pattern_as_python_does():
    assert len(PATTERNS) > 8

    assert [bool(re2.search(pattern, text)) for pattern, text in PAIRS] == HERE_SAID


@pytest.mark.parametrize("language", [name for name, (program, _) in OTHERS.items() if shutil.which(program)])
def test_other_languages_read_every_pattern_as_python_does(language):
    lines = "\n".join(f"{_coded(pattern)} {_coded(text)}" for pattern, text in PAIRS)

    said = subprocess.run(OTHERS[language], input=lines, capture_output=True, text=True, check=True).stdout.split()

    assert [word == "true" for word in said] == HERE_SAID


def in_rust(bodies):
    for file in FOLDER.glob("*.v1.json"):
        schema = json.loads(file.read_text("utf-8"))
        jsonschema_rs.Draft202012Validator(schema).validate(bodies[schema["x-topic"]])


def in_javascript(bodies):
    """By ajv, which `make asyncapi` installs."""
    subprocess.run(("node", NODE / "samples.js", FOLDER), input=json.dumps(bodies), text=True, check=True)


@pytest.mark.parametrize("validate", [in_rust, *[in_javascript] * (NODE / "node_modules" / "ajv").is_dir()])
def test_a_validator_in_another_language_takes_every_sample_and_nothing_else(validate):
    validate(BODIES)

    with pytest.raises((jsonschema_rs.ValidationError, subprocess.CalledProcessError)):
        validate(BODIES | {"candidate-erased": {"candidate": "<b>", "erased_at": "2026-11-18T11:20:00Z"}})


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
