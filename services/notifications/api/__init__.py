"""Notifications over HTTP."""

from services.notifications.api import letters, links, work

ROUTES = (letters.routes, work.routes, links.routes)
