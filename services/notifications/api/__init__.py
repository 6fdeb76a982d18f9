"""Notifications over HTTP."""

from services.notifications.api import (
    approvals,
    campaigns,
    letters,
    links,
    lint,
    new_links,
    respond,
    survey,
    usefulness,
    work,
)

ROUTES = (
    letters.routes,
    approvals.routes,
    lint.routes,
    usefulness.routes,
    campaigns.routes,
    work.routes,
    links.routes,
    respond.routes,
    new_links.routes,
    survey.routes,
)
