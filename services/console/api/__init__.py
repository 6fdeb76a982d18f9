"""The pages of the console."""

from services.console.api import assets, counts, elsewhere, today

ROUTES = (assets.routes, today.routes, counts.routes)
OTHERWISE = elsewhere.routes
