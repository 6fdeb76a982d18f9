"""Notifications over HTTP."""

from services.notifications.api import letters, links, lint, survey, work

ROUTES = (letters.routes, lint.routes, work.routes, links.routes, survey.routes)
