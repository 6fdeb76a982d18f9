"""Notifications over HTTP."""

from services.notifications.api import letters, links, lint, respond, survey, work

ROUTES = (letters.routes, lint.routes, work.routes, links.routes, respond.routes, survey.routes)
