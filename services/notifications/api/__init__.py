"""Notifications over HTTP."""

from services.notifications.api import letters, links, survey, work

ROUTES = (letters.routes, work.routes, links.routes, survey.routes)
