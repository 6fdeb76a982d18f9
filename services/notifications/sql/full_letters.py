"""What may be shared, out of the facts and tables that hold it: strengths and development points as items."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.notifications.domain.applications import FeedbackItem
from services.notifications.domain.records import DraftEdit, WrittenAnswer
from services.notifications.sql.person_facts import Body, Facts, PersonFact, interviews, standing_feedback
from shared.kit.db import Connection

Sides = tuple[tuple[FeedbackItem, ...], tuple[FeedbackItem, ...]]


def shared_items(facts: Facts) -> dict[str, list[FeedbackItem]]:
    """By application: what the feedback that was not withdrawn lets a candidate read, in the order of its ids.

    Of an interview that did not take place nobody reads how it went.
    """
    off = {known.interview for known in interviews(facts) if known.said.is_called_off}
    found: dict[str, list[FeedbackItem]] = defaultdict(list)
    for k in sorted(standing_feedback(facts), key=lambda k: k.fact):
        if k.body.get("interview") not in off:
            found[k.body["application"]] += _items(k)
    return found


def _items(k: PersonFact) -> Iterator[FeedbackItem]:
    shareable = k.body.get("shareable") or {}
    for one in (*shareable.get("strengths", ()), *shareable.get("development", ())):
        yield FeedbackItem(
            one["competency"],
            one["observed"],
            one.get("suggestion"),
            k.fact,
            k.body["interviewer"],
            shareable["language"],
        )


def released_items(body: Body) -> Sides:
    """(strengths, development) of a letter as it was released."""
    return _side(body["strengths"], body["language"]), _side(body["development"], body["language"])


def edited(basis: str, items: Body, by: str, at: datetime) -> DraftEdit:
    """What a person made of a draft."""
    return DraftEdit(basis, _side(items["strengths"], ""), _side(items["development"], ""), by, at)


def _side(items: list[dict[str, Any]], language: str) -> tuple[FeedbackItem, ...]:
    return tuple(
        FeedbackItem(
            i["competency"],
            i["observed"],
            i.get("suggestion"),
            i["feedback"],
            i.get("interviewer") or "",
            i.get("language") or language,
        )
        for i in items
    )


async def save_edit(conn: Connection, organization: str, letter: str, edit: DraftEdit) -> None:
    """Keep what a person made of a draft; an earlier edit is gone."""
    await conn.execute(
        """
        INSERT INTO edits (organization, letter, basis, items, by_user, edited_at)
        VALUES ($1, $2, $3, jsonb_build_object('strengths', $4::jsonb, 'development', $5::jsonb), $6, $7)
        ON CONFLICT (organization, letter) DO UPDATE
        SET (basis, items, by_user, edited_at)
          = (excluded.basis, excluded.items, excluded.by_user, excluded.edited_at)
        """,
        organization,
        letter,
        edit.basis,
        _json(edit.strengths),
        _json(edit.development),
        edit.by,
        edit.at,
    )


async def save_answer(conn: Connection, organization: str, letter: str, answer: WrittenAnswer) -> None:
    """Keep what a person wrote; what they had written before is gone."""
    await conn.execute(
        """
        INSERT INTO edits (organization, letter, basis, items, by_user, edited_at)
        VALUES ($1, $2, 'answer', jsonb_build_object('text', $3::text, 'language', $4::text), $5, $6)
        ON CONFLICT (organization, letter) DO UPDATE
        SET (items, by_user, edited_at) = (excluded.items, excluded.by_user, excluded.edited_at)
        """,
        organization,
        letter,
        answer.text,
        answer.language,
        answer.by,
        answer.at,
    )


def _json(items: tuple[FeedbackItem, ...]) -> str:
    return json.dumps([item._asdict() for item in items])
