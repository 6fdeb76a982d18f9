"""The pages of the console."""

from services.console.api import assets, today

ROUTES = (assets.routes, today.routes)
