"""Notifications over HTTP."""

from services.notifications.api import approvals, letters, links, lint, respond, survey, usefulness, work

ROUTES = (
    letters.routes,
    approvals.routes,
    lint.routes,
    usefulness.routes,
    work.routes,
    links.routes,
    respond.routes,
    survey.routes,
)
