"""What stands behind a candidate's page in tests: a link to it, what it shows, and what was said before."""

from datetime import timedelta

from services.candidates.api.consent_texts import shown_words
from shared.contracts import (
    CandidateResponded,
    FeedbackReleased,
    NewsPublished,
    OrganizationConfigured,
    OutreachSent,
    Purpose,
    letter_id,
)
from shared.web.links import Links
from tests.browser import KEY, Browser
from tests.candidates.sentences import DECIDED, NOW

AMARAS = letter_id("acme", "decision", "amara-su27", "amara", 1)


def link(candidate: str = "noor", days: int = 60) -> str:
    return "/me/" + Links(KEY).sign("pool", "acme", candidate, NOW + timedelta(days=days))


def configured(**given) -> OrganizationConfigured:
    return OrganizationConfigured.model_validate({"organization": "acme", "name": "Halden"} | given)


def sent(candidate: str, kind: str = "decision") -> OutreachSent:
    """The letter about the decision has left."""
    whole = {"stream": "duty", "template_version": "1", "language": "en", "message_id": "<l@mail.example>"}
    return OutreachSent.model_validate(
        whole
        | {"outreach": f"letter-{candidate}", "candidate": candidate, "kind": kind, "application": f"{candidate}-su27"}
    )


def released(candidate: str) -> FeedbackReleased:
    """Feedback that a person approved."""
    strength = {"competency": "sql", "observed": "You joined four tables.", "feedback": f"{candidate}-su27-f1"}
    point = {"competency": "python", "observed": "The loop did not end.", "feedback": f"{candidate}-su27-f2"}
    return FeedbackReleased.model_validate({
        "letter": f"letter-{candidate}", "application": f"{candidate}-su27", "candidate": candidate, "language": "en",
        "strengths": [strength], "development": [point | {"suggestion": "Write the exit condition first."}],
        "approved_by": "ines", "released_at": DECIDED,
    })  # fmt: skip


def responded(kind: str, **given) -> CandidateResponded:
    whole = {"response": f"r-{kind}", "candidate": "noor", "responded_at": "2026-11-20T08:00:00Z", "kind": kind}
    return CandidateResponded.model_validate(whole | given)


def yes(purpose: Purpose = Purpose.TALENT_POOL, language: str = "en", **besides: str) -> dict[str, str]:
    """What the page sends for a yes to the words that it shows."""
    return {"about": purpose, "answer": "yes", "words": shown_words(purpose, language)} | besides


async def text_of(browser: Browser, candidate: str = "noor") -> str:
    answer = await browser.client.get(link(candidate))
    assert answer.status_code == 200
    return answer.text


def noted(news: str, **more) -> NewsPublished:
    said = {"news": news, "title": "Our warehouse is new", "text": "We keep figures by columns.", "about": "team"}
    said |= {"language": "en", "by": "ines", "published_at": NOW - timedelta(days=9)}
    return NewsPublished.model_validate(said | more)
