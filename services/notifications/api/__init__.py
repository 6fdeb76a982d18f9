"""Notifications over HTTP."""

from services.notifications.api import (
    approvals,
    campaigns,
    foreseen,
    letters,
    links,
    lint,
    listed_responses,
    new_links,
    news,
    pauses,
    responses,
    survey,
    tasks,
    usefulness,
    waiting,
    work,
)

ROUTES = (
    letters.routes,
    approvals.routes,
    foreseen.routes,
    listed_responses.routes,
    lint.routes,
    usefulness.routes,
    campaigns.routes,
    news.routes,
    work.routes,
    tasks.routes,
    waiting.routes,
    pauses.routes,
    links.routes,
    responses.routes,
    new_links.routes,
    survey.routes,
)
