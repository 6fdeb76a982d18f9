"""What an organisation says of itself stands below every mail that its candidates get, and every page behind a link."""

import ast
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from cli.letters import KINDS, LEGAL, mail_of
from services.notifications.domain.letters import Variant
from services.notifications.domain.policy import TO_COLLEAGUES, LetterKind
from shared.contracts import LegalFrame, missing_for_live
from shared.web.pages import Pages
from shared.web.translation import LANGUAGES

ROOT = Path(__file__).parents[1]
SHOWING = [
    *(ROOT / "services/candidates/api").glob("*.py"),
    *(ROOT / "services/notifications/api").glob("*.py"),
    ROOT / "services/interviews/api/form.py",
    ROOT / "shared/web/dead_links.py",
]


def test_every_page_behind_a_link_is_given_it():
    calls = [
        (file.name, {keyword.arg for keyword in node.keywords})
        for file in SHOWING
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pages.show"
    ]

    assert len(calls) >= 9
    assert [name for name, given in calls if "legal" not in given] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", Variant)
def test_every_mail_to_candidates_ends_with_it(variant, language):
    mail = message_from_bytes(mail_of(variant, language), policy=default)
    is_to_candidate = (KINDS.get(variant) or LetterKind(variant)) not in TO_COLLEAGUES

    for kind in ("plain", "html"):
        said = mail.get_body((kind,)).get_content()
        assert [part in said for part in LEGAL] == [is_to_candidate] * len(LEGAL), kind


def test_what_is_not_set_is_not_spoken_of():
    pages, given = Pages("services.notifications"), {"organization": "Halden", "done": False}

    full = pages.show("unsubscribe.html", legal=LEGAL, **given).body.decode()
    some = pages.show(
        "unsubscribe.html", legal=LegalFrame(privacy_url="https://halden.example/p"), **given
    ).body.decode()
    none = pages.show("unsubscribe.html", legal=LegalFrame(), **given).body.decode()

    assert all(part in full for part in LEGAL)
    assert "https://halden.example/p" in some
    assert "Imprint" not in some
    assert "footer" not in none


def test_what_is_left_to_say_is_named_by_field():
    assert missing_for_live({"name": "Halden"}) == ("reply_person", *LegalFrame._fields)
    assert missing_for_live({"reply_person": "ines", **LEGAL._asdict()}) == ()
