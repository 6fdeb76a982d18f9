"""HTTP of candidates: what a person or a program asks and says."""

from services.candidates.api import (
    consent_texts,
    erasure,
    matches,
    mentor_page,
    mentoring,
    merges,
    own_data,
    page,
    people,
    pool,
    referrals,
    search,
    summary,
    waste,
    work,
)

ROUTES = (
    people.routes, summary.routes, search.routes, merges.routes, consent_texts.routes, erasure.routes, pool.routes,
    matches.routes, mentoring.routes, referrals.routes, waste.routes, work.routes, page.routes, own_data.routes,
    mentor_page.routes,
)  # fmt: skip
