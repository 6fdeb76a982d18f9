"""What each route is asked with."""

from typing import Any

PROPOSAL = {"candidate": "amara", "user": "ines", "goals": ["Read a plan."], "starts_on": "2026-11-23"}
CONSENT = {
    "granted": True,
    "given_at": "2026-11-17T08:00:00Z",
    "text_version": "1",
    "language": "en",
    "how": "phone",
}
BODIES: dict[str, dict[str, Any]] = {
    "PUT /users/{user}": {"name": "Ada Lindqvist", "email": "ada@elsewhere.example"},
    "POST /jobs/{job}/matches/what-if": {"competencies": [{"competency": "sql", "name": "SQL", "level": 2}]},
    "PUT /mentorships/{relation}": PROPOSAL,
    "PUT /mentorships/{relation}/answer": {"agreed": True},
    "PUT /mentorships/{relation}/renewal": {},
    "PUT /mentorships/{relation}/end": {},
    "PUT /referrals/{referral}": {"candidate": "amara", "note": "We worked together."},
    "PUT /candidates/{candidate}/erasure": {"requested_at": "2026-11-20T08:00:00Z", "by": "candidate"},
    "PUT /organization": {"name": "Elsewhere"},
    "PUT /jobs/{job}": {"title": "Something else", "opened_at": "2026-10-01T08:00:00Z", "language": "en"},
    "PUT /jobs/{job}/closing": {"closed_at": "2026-11-20T08:00:00Z"},
    "PUT /applications/{application}": {"candidate": "amara", "submitted_at": "2026-10-21T08:00:00Z"},
    "PUT /applications/{application}/decision": {"decided_at": "2026-11-20T08:00:00Z", "outcome": "hired"},
    "PUT /applications/{application}/decision/reversal": {"reversed_at": "2026-11-20T09:00:00Z"},
    "PUT /interviews/{interview}": {
        "application": "amara-su27",
        "candidate": "amara",
        "starts_at": "2026-11-05T14:00:00Z",
        "ends_at": "2026-11-05T15:00:00Z",
        "interviewers": [{"user": "ada"}],
    },
    "PUT /interviews/{interview}/completion": {"completed_at": "2026-11-05T14:05:00Z"},
    "PUT /interviews/{interview}/cancellation": {"cancelled_at": "2026-11-03T09:00:00Z", "by": "candidate"},
    "PUT /interviews/{interview}/absence": {"missed_at": "2026-11-04T14:20:00Z", "by": "candidate"},
    "PUT /feedback/{feedback}": {
        "application": "amara-su27",
        "candidate": "amara",
        "interview": "amara-su27-i1",
        "interviewer": "ada",
        "submitted_at": "2026-11-06T08:00:00Z",
        "overall": "no",
    },
    "PUT /interviews/{interview}/note": {"noted_at": "2026-11-04T14:30:00Z", "text": "Joins."},
    "PUT /feedback/{feedback}/draft": {
        "application": "amara-su27",
        "candidate": "amara",
        "drafted_at": "2026-11-07T10:00:00Z",
    },
    "PUT /jobs/{job}/decisions": {"decided_at": "2026-11-20T08:00:00Z", "expected": 0},
    "PUT /feedback/{feedback}/withdrawal": {"withdrawn_at": "2026-11-06T09:00:00Z"},
    "PUT /candidates/{candidate}": {"name": "Somebody Else"},
    "PUT /candidates/{candidate}/consents/{purpose}": CONSENT,
    "PUT /candidates/{candidate}/merge": {"merged": ["noor"], "merged_at": "2026-11-20T08:00:00Z"},
    "PUT /memberships/{membership}/review": {"action": "remove", "reason": "Moved away."},
    "PUT /matches/{match}/review": {"outcome": "dismissed", "reason": {"code": "not_now"}},
    "PUT /letters/{letter}/approval": {"decision": "refuse", "reason": "I call."},
    "PUT /letters/{letter}/draft": {
        "strengths": [
            {"competency": "sql", "observed": "You joined three tables.", "feedback": "amara-su27-f1"},
            {"competency": "sql", "observed": "You explained why.", "feedback": "amara-su27-f2"},
        ],
        "development": [
            {"competency": "sql", "observed": "A loop.", "suggestion": "Read on.", "feedback": "amara-su27-f1"}
        ],
    },
    "PUT /jobs/{job}/approvals": {"expected": 1},
    "PUT /campaigns/{campaign}": {"competency": "sql", "text": "We meet at six.", "language": "en", "expected": 0},
    "PUT /news/{news}": {
        "title": "An evening",
        "text": "We meet at six.",
        "about": "events",
        "language": "en",
        "answers": ["team"],
    },
    "POST /candidates/search": {"text": "hedda"},
    "POST /lint": {"language": "en", "texts": ["You joined three tables."]},
    "PUT /letters/{letter}/answer": {"text": "We looked again, and it stays as it is."},
    "PUT /tasks/{task}/done": {"reason": "We talked on the phone."},
    "PUT /tasks/{task}/reopening": {},
    "PUT /outreach/pause": {"paused": True},
    "PUT /dead-letters/{record}/redriving": {},
    "PUT /dead-letters/{record}/discarding": {},
}
# What a route must be asked with.
QUERIES: dict[str, dict[str, str]] = {
    "GET /campaigns/preview": {"competency": "sql"},
    "GET /responses": {"candidate": "amara"},
    "GET /candidates": {"ids": "amara,amara-2,hedda,hedda-2,lukas,noor"},
}
