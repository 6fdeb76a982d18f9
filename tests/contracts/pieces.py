"""What whole bodies of events share."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAST, PLAN = "2026-11-18T11:20:00+01:00", "2026-12-01T18:00:00Z"

ITEM = {"competency": "sql", "observed": "Explained a window function."}
ADVICE = {**ITEM, "suggestion": "Start with the conclusion."}
MEMBER = {"membership": "m1", "candidate": "ana", "family": "data"}
MATCH = {"match": "x1", "candidate": "ana", "job": "j1"}
LETTER = {"outreach": "l1", "candidate": "ana", "stream": "duty", "kind": "decision", "application": "a1", "job": "j1"}
INTERVIEW = {"interview": "i1", "application": "a1", "candidate": "ana"}
RELATION = {"relation": "r1", "candidate": "ana", "user": "ada"}
PANEL = [{"user": "ada", "feedback_required": True, "response": "accepted"}]
CONTACT = {"name": "Ana Ruiz", "email": "ana@example.org", "timezone": "Europe/Madrid"}
FACTOR = {
    "competency": "sql",
    "name": "SQL",
    "weight": 3,
    "required": 4,
    "must_have": True,
    "level": 4.5,
    "interviewers": 2,
    "days": 19,
    "freshness": 1.0,
    "confidence": 0.9,
    "contribution": 2.7,
}
