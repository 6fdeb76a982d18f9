"""The pages of the console."""

from services.console.api import assets, counts, elsewhere, insights, letter, letters, styleguide, today

ROUTES = (
    assets.routes,
    today.routes,
    counts.routes,
    letters.routes,
    letter.routes,
    insights.routes,
    styleguide.routes,
)
OTHERWISE = elsewhere.routes
