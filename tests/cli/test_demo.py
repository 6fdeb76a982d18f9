"""The demo as a stranger runs it: real servers, a home of its own, and the end state the story promises."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.claims import is_running
from tests.programs import talentloop

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]


def _figures(home: Path) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((home / "demo" / "demo.json").read_text())
    return figures


def test_the_demo_ends_as_the_story_says_whatever_was_there_before(own_home: Path) -> None:
    left_over = own_home / "demo" / "demo.json"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("{}")

    played = talentloop("demo", home=own_home, COLUMNS="100")

    assert played.returncode == 0, played.stderr
    _assert_the_story(_figures(own_home))
    _assert_the_screen(played.stdout)
    assert not is_running(own_home / "demo")


def _assert_the_story(figures: dict[str, Any]) -> None:
    assert (figures["facts"], figures["duplicates"], figures["parked"]) == (80, 80, 1)
    assert figures["interviews"]["completed"] == 13
    assert figures["tiers"]["amara"] == figures["tiers"]["hanna"] == "silver_medalist"
    assert figures["matches"]["considered"] == 7
    assert figures["matches"]["proposed"] == ["amara", "hanna", "noor"]
    assert figures["matches"]["blocked"]["lukas"] == ["open_application"]
    assert figures["scores"] == {"amara": 86.7, "hanna": 85.0, "noor": 69.8}
    assert figures["mails"]["decision"] == 8
    assert figures["mails"]["job_invitation"] == 1
    assert figures["mentorship"] == {"candidate": "noor", "user": "ada", "stage": "active"}
    assert (figures["digests"], figures["calendars"]) == (7, 16)
    assert figures["kept_posted"] == ["diego"]
    assert figures["survey"]["shown"] == 5
    assert figures["delivered"] == sum(figures["mails"].values())
    assert figures["round"]["met"] == {"sql": "4 of 7", "python": "5 of 6", "communication": "7 of 7"}
    assert figures["round"]["findings"] == ["hint, gaps: sql", "hint, gaps: python"]
    assert (figures["round"]["wasted"], figures["round"]["without_loop"]) == ("1 of 13", "13 of 13")
    assert figures["waste"] == {"without_loop": {"wasted": 13, "of": 13}, "now": {"wasted": 1, "of": 13}}
    assert figures["letters"] == {
        "full": 6, "found": {"lukas": ["culture_fit", "protected"]}, "rated": {"diego": 5}, "told_plainly": 7,
    }  # fmt: skip


def _assert_the_screen(screen: str) -> None:
    assert "7 considered, 3 proposed, 4 not, each with its reason" in screen
    assert "Ada Lindqvist mentors Noor Haddad" in screen
    assert "kill -9" in screen
    assert "1 of 13 (8 %)" in screen
    assert "round-report.html" in screen
    assert max(map(len, screen.splitlines())) <= 100
