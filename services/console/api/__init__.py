"""The pages of the console."""

from services.console.api import assets, counts, elsewhere, insights, styleguide, today

ROUTES = (
    assets.routes,
    today.routes,
    counts.routes,
    insights.routes,
    styleguide.routes,
)
OTHERWISE = elsewhere.routes
