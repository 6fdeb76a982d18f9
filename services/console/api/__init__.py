"""The pages of the console."""

from services.console.api import assets, counts, elsewhere, styleguide, today

ROUTES = (assets.routes, today.routes, counts.routes, styleguide.routes)
OTHERWISE = elsewhere.routes
