"""The figures of the demo, counted from what the services told, and what the story says they must be."""

from collections import Counter
from typing import Any

from cli.demo.play import StorySeen

Figures = dict[str, Any]

EXPECTED: Figures = {
    "facts": 80,
    "duplicates": 80,
    "parked": 1,
    "interviews": {"scheduled": 0, "completed": 13, "missed": 1, "cancelled": 1},
    "tiers": {
        "amara": "silver_medalist",
        "diego": "developing",
        "hanna": "silver_medalist",
        "lukas": "silver_medalist",
        "mei": "promising",
        "noor": "promising",
        "priya": "promising",
        "tom": "unassessed",
    },
    "mails": {
        "cancellation": 1,
        "decision": 8,
        "job_invitation": 1,
        "mentor": 1,
        "mentor_invitation": 1,
        "mentoring": 1,
        "pool_invitation": 1,
        "preparation": 9,
        "reminder": 11,
        "survey": 5,
        "what_happens_next": 7,
    },
    "digests": 7,
    "calendars": 16,
    "delivered": 46,
    "letters": {"full": 6, "found": {"lukas": ["culture_fit", "protected"]}, "rated": {"diego": 5}, "told_plainly": 7},
    "matches": {
        "considered": 7,
        "proposed": ["amara", "hanna", "noor"],
        "blocked": {
            "diego": ["consent"],
            "lukas": ["open_application"],
            "mei": ["consent"],
            "priya": ["consent"],
        },
    },
    "scores": {"amara": 86.7, "hanna": 85.0, "noor": 69.8},
    "mentorship": {"candidate": "noor", "user": "ada", "stage": "active"},
    "kept_posted": ["diego"],
    "survey": {"shown": 5, "recommend": 7.8, "lowest": "I could show what I can do."},
    "waste": {"without_loop": {"wasted": 13, "of": 13}, "now": {"wasted": 1, "of": 13}},
    "round": {
        "met": {"sql": "4 of 7", "python": "5 of 6", "communication": "7 of 7"},
        "apart": {"sql": "1 of 6", "communication": "1 of 5"},
        "gaps": {"sql": "4 of 6", "python": "4 of 6", "communication": "2 of 6"},
        "held": "13 of 15",
        "wasted": "1 of 13",
        "without_loop": "13 of 13",
        "findings": ["hint, gaps: sql", "hint, gaps: python"],
    },
}


def count(seen: StorySeen) -> Figures:
    """Everything the demo states in numbers."""
    return {
        "facts": seen.facts,
        "duplicates": seen.published - seen.facts - len(seen.rejected),
        "parked": len(seen.rejected),
        "interviews": seen.interviews,
        "tiers": {member["candidate"]: member["tier"] for member in seen.members},
        "mails": dict(sorted(Counter(body["kind"] for _, body in seen.sent).items())),
        "digests": seen.digests,
        "calendars": seen.calendars,
        "delivered": len(seen.mails) - seen.digests,
        "letters": {
            "full": seen.full,
            "found": {who: sorted({code for c, code, _ in seen.findings if c == who}) for who, _, _ in seen.findings},
            "rated": dict(seen.ratings),
            "told_plainly": seen.told_plainly,
        },
        "waiting": seen.waiting,
        "matches": _matches(seen),
        "scores": {looked["candidate"]: looked["score"] for looked in seen.proposed},
        "mentorship": {name: seen.mentorship[name] for name in ("candidate", "user", "stage")},
        "kept_posted": seen.kept_posted,
        "survey": _survey(seen),
        "waste": {"without_loop": _rate(seen.waste["without_the_loop"]), "now": _rate(seen.waste["wasted"])},
        "round": _round(seen.round["figures"]),
    }


def differences(figures: Figures, expected: Figures = EXPECTED) -> list[str]:
    """A sentence for everything that is not as the story says."""
    return [
        f"{name} is {figures.get(name)}, but the story says {wanted}"
        for name, wanted in expected.items()
        if figures.get(name) != wanted
    ]


def _matches(seen: StorySeen) -> Figures:
    return {
        "considered": seen.considered,
        "proposed": [looked["candidate"] for looked in seen.proposed],
        "blocked": {looked["candidate"]: looked["blockers"] for looked in seen.blocked},
    }


def _round(told: list[dict[str, Any]]) -> Figures:
    """What the report of the round says."""
    whole = [f for f in told if f["part"] is None and f["of"]]
    by_competency = {
        code: {f["competency"]: f"{f['k']} of {f['of']}" for f in whole if f["code"] == code}
        for code in ("met", "apart", "gaps")
    }
    shares = {
        f["part"] or f["code"]: f"{f['k']} of {f['of']}"
        for f in told
        if (f["code"], f["part"]) in (("held", None), ("wasted", None), ("wasted", "without_loop"))
    }
    found = [f"{f['finding']['certainty']}, {f['code']}: {f['competency']}" for f in told if f["finding"]]
    return {**by_competency, **shares, "findings": found}


def _survey(seen: StorySeen) -> Figures:
    lowest = min(seen.survey["statements"], key=lambda one: one["mean"], default={"statement": None})
    return {"shown": seen.survey["shown"], "recommend": seen.survey["recommend"], "lowest": lowest["statement"]}


def _rate(rate: dict[str, Any]) -> Figures:
    return {"wasted": rate["wasted"], "of": rate["of"]}
