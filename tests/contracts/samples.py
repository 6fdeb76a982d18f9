"""One whole, valid body of every event, and how to make a record of it."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.kit.cloudevents import Envelope, Headers, encode
from shared.kit.decode import Accepted, Ignored, Refused, accept

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

BODIES: dict[str, dict[str, Any]] = {
    "user-registered": {"user": "ada", **CONTACT, "active": True},
    "job-opened": {
        "job": "j1",
        "title": "Data Analyst Intern, Summer 2027",
        "opened_at": PAST,
        "language": "en",
        "family": "Data",
        "cycle": "Summer 2027",
        "department": "Analytics",
        "location": {"country": "DE", "city": "Berlin", "timezone": "Europe/Berlin"},
        "headcount": 2,
        "closes_at": PLAN,
        "team": [{"user": "ines", "role": "recruiter"}],
        "description": "We look for a curious person.\nSQL helps: a < b, 3 <4.",
        "url": "https://example.org/j1",
        "competencies": [
            {"competency": "sql", "name": "SQL", "level": 4, "must_have": True, "weight": 3, "looks_for": "Joins."}
        ],
        "feedback_policy": "full",
    },
    "job-closed": {"job": "j1", "closed_at": PAST, "outcome": "nobody_hired", "reason": "Paused."},
    "application-submitted": {
        "application": "a1",
        "candidate": "ana",
        "submitted_at": PAST,
        "job": "j1",
        "origin": "referred",
        "match": "x1",
        "referrer": "ada",
        "url": "https://example.org/a1",
    },
    "interview-scheduled": {
        **INTERVIEW,
        "job": "j1",
        "starts_at": PLAN,
        "ends_at": "2026-12-01T19:00:00Z",
        "timezone": "Europe/Berlin",
        "stage": {"name": "Panel", "position": 2},
        "format": "video",
        "interviewers": PANEL,
        "assesses": ["sql"],
        "url": "https://example.org/i1",
    },
    "interview-completed": {
        **INTERVIEW,
        "job": "j1",
        "completed_at": PAST,
        "starts_at": PAST,
        "basis": "said",
        "interviewers": PANEL,
    },
    "interview-cancelled": {
        **INTERVIEW,
        "starts_at": PLAN,
        "cancelled_at": PAST,
        "by": "candidate",
        "reason": "Ill.",
    },
    "interview-missed": {**INTERVIEW, "starts_at": PAST, "missed_at": PAST, "by": "candidate"},
    "feedback-submitted": {
        "feedback": "f1",
        **INTERVIEW,
        "interviewer": "ada",
        "submitted_at": PAST,
        "submitted_by": "ines",
        "kind": "interview",
        "overall": "yes",
        "ratings": [{"competency": "sql", "level": 0.75, "raw": "4", "scale": "1-5"}],
        "url": "https://example.org/f1",
        "shareable": {"language": "en", "strengths": [ITEM], "development": [ADVICE]},
    },
    "feedback-withdrawn": {"feedback": "f1", "candidate": "ana", "withdrawn_at": PAST},
    "application-decided": {
        "application": "a1",
        "candidate": "ana",
        "job": "j1",
        "decided_at": PAST,
        "outcome": "not_selected",
        "stage": "Panel",
        "decided_by": "ines",
        "reason": {"code": "skills", "class": "we_declined", "disqualifying": False},
        "would_reconsider": True,
        "reconsider_after": PLAN,
        "notice": {"by": "platform", "not_before": PLAN, "sent_at": PAST},
    },
    "application-decision-reversed": {"application": "a1", "candidate": "ana", "reversed_at": PAST},
    "organization-configured": {
        "name": "Halden",
        "language": "en",
        "timezone": "Europe/Berlin",
        "country": "DE",
        "subdivision": "BE",
        "outreach_mode": "approve",
        "automatic_release": False,
        "holding_after": 10,
        "answer_after": 5,
        "feedback_within": 10,
        "retention_months": 6,
        "legal_hold_months": 0,
        "sender": {"name": "Halden", "address": "jobs@example.org"},
        "reply_person": "ines",
        "colour": "#0a6e5c",
    },
    "candidate-registered": {
        "candidate": "ana",
        **CONTACT,
        "preferred_name": "Ana",
        "phone": "+34 600 000 000",
        "language": "es",
        "country": "ES",
        "skills": [{"name": "SQL", "said_at": PAST}],
        "availability": "From June.",
        "source": "careers page",
        "contactable": True,
        "url": "https://example.org/ana",
    },
    "consent-changed": {
        "candidate": "ana",
        "purpose": "talent_pool",
        "granted": True,
        "given_at": PAST,
        "text_version": "2026-1",
        "language": "es",
        "how": "link",
        "expires_at": PLAN,
        "conditions": ["adult"],
    },
    "candidate-merged": {"surviving": "ana", "merged": ["ana2"], "merged_at": PAST},
    "erasure-requested": {"candidate": "ana", "requested_at": PAST, "by": "candidate"},
    "candidate-erased": {"candidate": "ana", "erased_at": PAST},
    "erasure-completed": {
        "candidate": "ana",
        "service": "candidates",
        "at": PAST,
        "kept_until": PLAN,
        "why": "Legal hold.",
    },
    "candidate-pooled": {
        **MEMBER,
        "tier": "silver_medalist",
        "status": "invited",
        "application": "a1",
        "why": ["Two of two verdicts were yes."],
        "evidence": ["f1"],
        "rules_version": "1",
        "reconfirm_at": PLAN,
        "expires_at": PLAN,
    },
    "candidate-left-pool": {**MEMBER, "reason": "hired"},
    "membership-reviewed": {
        **MEMBER,
        "by": "ines",
        "action": "retier",
        "tier": "promising",
        "reviewed_at": PAST,
        "reason": "Looked again.",
    },
    "candidate-matched": {
        **MATCH,
        "run": "run1",
        "meets": 2,
        "of": 3,
        "coverage": 1.0,
        "score": 69.8,
        "factors": [FACTOR],
        "gaps": [{"competency": "sql", "kind": "below_level", "required": 4, "level": 2.5}],
        "rules_version": "1",
    },
    "match-withdrawn": {**MATCH, "reason": "consent"},
    "match-reviewed": {
        **MATCH,
        "outcome": "accepted",
        "by": "ines",
        "reviewed_at": PAST,
        "reason": {"code": "fits"},
    },
    "mentorship-proposed": {**RELATION, "goals": ["SQL."], "starts_on": "2026-12-01", "ends_on": "2027-03-01"},
    "mentorship-accepted": RELATION,
    "mentorship-ended": {**RELATION, "reason": "done"},
    "referral-made": {"referral": "r1", "candidate": "ana", "user": "ada", "job": "j1", "note": "Worked with her."},
    "outreach-sent": {**LETTER, "template_version": "1", "language": "en", "message_id": "<l1@example.org>"},
    "outreach-suppressed": {**LETTER, "reason": "cap", "until": PLAN},
    "outreach-bounced": {**LETTER, "bounce": "hard"},
    "feedback-released": {
        "letter": "l1",
        "application": "a1",
        "candidate": "ana",
        "language": "en",
        "strengths": [{**ITEM, "feedback": "f1"}],
        "development": [{**ADVICE, "feedback": "f1"}],
        "approved_by": "ines",
        "released_at": PAST,
    },
    "candidate-responded": {
        "response": "p1",
        "candidate": "ana",
        "responded_at": PAST,
        "kind": "feedback_rated",
        "until": PLAN,
        "rating": 5,
        "letter": "l1",
        "match": "x1",
    },
    "survey-answered": {
        "answer": "s1",
        "job": "j1",
        "cycle": "Summer 2027",
        "answers": [5] * 9,
        "recommend": 9,
        "text": "Fair.",
    },
    "answer-overdue": {
        "overdue": "o1",
        "candidate": "ana",
        "application": "a1",
        "owner": "ines",
        "missing": "decision",
        "due_at": PLAN,
        "answered_at": PAST,
    },
    "campaign-started": {"campaign": "g1", "job": "j1", "cycle": "Summer 2027", "competency": "sql", "by": "ines"},
    "event-rejected": {
        "severity": "error",
        "code": "invalid-field",
        "field": "ratings.0.level",
        "topic": "feedback-submitted",
        "partition": 0,
        "offset": 12,
        "source": "/ats",
    },
}

# The Kafka key of each body above in organisation acme: the table of the interfaces, row by row.
KEYS = {
    "user-registered": "acme/ada/ada",
    "job-opened": "acme/j1/j1",
    "job-closed": "acme/j1/j1",
    "organization-configured": "acme/acme/acme",
    "application-submitted": "acme/ana/a1",
    "application-decided": "acme/ana/a1",
    "application-decision-reversed": "acme/ana/a1",
    "interview-scheduled": "acme/ana/i1",
    "interview-completed": "acme/ana/i1",
    "interview-cancelled": "acme/ana/i1",
    "interview-missed": "acme/ana/i1",
    "feedback-submitted": "acme/ana/f1",
    "feedback-withdrawn": "acme/ana/f1",
    "candidate-registered": "acme/ana/ana",
    "consent-changed": "acme/ana/talent_pool",
    "candidate-merged": "acme/ana/ana",
    "erasure-requested": "acme/ana/ana",
    "candidate-erased": "acme/ana/ana",
    "erasure-completed": "acme/ana/candidates",
    "candidate-pooled": "acme/ana/m1",
    "candidate-left-pool": "acme/ana/m1",
    "membership-reviewed": "acme/ana/m1",
    "candidate-matched": "acme/ana/x1",
    "match-withdrawn": "acme/ana/x1",
    "match-reviewed": "acme/ana/x1",
    "mentorship-proposed": "acme/ana/r1",
    "mentorship-accepted": "acme/ana/r1",
    "mentorship-ended": "acme/ana/r1",
    "referral-made": "acme/ana/r1",
    "outreach-sent": "acme/ana/l1",
    "outreach-suppressed": "acme/ana/l1",
    "outreach-bounced": "acme/ana/l1",
    "feedback-released": "acme/ana/l1",
    "candidate-responded": "acme/ana/p1",
    "survey-answered": "acme/s1/s1",
    "answer-overdue": "acme/ana/o1",
    "campaign-started": "acme/g1/g1",
    "event-rejected": "acme/feedback-submitted/0/12/feedback-submitted/0/12",
}


def envelope(topic: str, body: bytes = b"{}", **changes: Any) -> Envelope:
    """A CloudEvent of a platform of acme, an hour before now."""
    usual = {
        "organization": "acme",
        "id": "e1",
        "source": "/ats",
        "type": topic,
        "time": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "subject": "",
        "causation": None,
        "historical": False,
        "data": body,
    }
    return Envelope(**usual | changes)


def headers(topic: str, **changes: Any) -> Headers:
    """Headers of a record in binary mode."""
    return encode(envelope(topic, **changes), "")[2]


def taken(topic: str, body: bytes | dict[str, Any], **changes: Any) -> Accepted | Refused | Ignored:
    """What becomes of a record with this body, with the key of the topic's sample."""
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    key = changes.pop("key", KEYS[topic].encode())
    return accept(topic, key, value, changes.pop("headers", headers(topic)), changes.pop("timestamp", 0), NOW)


def changed(body: Any, path: str, value: Any) -> Any:
    """The body with another value at a path as `ratings.0.level`."""
    copy = json.loads(json.dumps(body))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = copy
    for part in way:
        place = place[part]
    place[last] = value
    return copy


def paths(body: Any, before: str = "") -> list[str]:
    """Every path in a body, those of lists and objects included."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    found = []
    for name, value in inner:
        found += [f"{before}{name}", *paths(value, f"{before}{name}.")]
    return found
