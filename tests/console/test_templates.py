"""Templates keep to the policy: nothing that runs or looks stands in them, and every sentence has its translations."""

import hashlib
import re
from pathlib import Path

import pytest

from services import console

ROOT = Path(console.__file__).parent
TEMPLATES = sorted((ROOT / "templates" / "pages").glob("*.html"))
FORBIDDEN = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "style in the page": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"\son[a-z]+=|hx-on", re.IGNORECASE),
    "script in an address or a value": re.compile(r"javascript:|[\"'\s]js:", re.IGNORECASE),
    "a condition that has to be evaluated": re.compile(r"hx-trigger=\"[^\"]*\["),
    "an address elsewhere": re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.IGNORECASE),
}
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"  # dist/htmx.min.js of htmx.org 4.0.1 on npm


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_runs_or_looks_by_itself(template):
    text = template.read_text()

    assert {name: found[0] for name, pattern in FORBIDDEN.items() if (found := pattern.search(text))} == {}


def test_htmx_is_what_was_published_and_may_be_given_on():
    assert hashlib.sha256((ROOT / "static" / "htmx.min.js").read_bytes()).hexdigest() == HTMX
    assert (ROOT / "static" / "htmx.LICENSE").read_text().startswith("Zero-Clause BSD")


def test_our_own_script_stays_small():
    assert len((ROOT / "static" / "console.js").read_text().splitlines()) <= 150
