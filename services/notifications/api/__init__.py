"""Notifications over HTTP."""

from services.notifications.api import (
    approvals,
    campaigns,
    foreseen,
    letters,
    links,
    lint,
    new_links,
    responses,
    survey,
    usefulness,
    work,
)

ROUTES = (
    letters.routes,
    approvals.routes,
    foreseen.routes,
    lint.routes,
    usefulness.routes,
    campaigns.routes,
    work.routes,
    links.routes,
    responses.routes,
    new_links.routes,
    survey.routes,
)
