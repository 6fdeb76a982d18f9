"""The pages of the console."""

from services.console.api import (
    assets,
    counts,
    elsewhere,
    insights,
    letter,
    letters,
    logout,
    sign_in,
    styleguide,
    today,
)

ROUTES = (
    assets.routes,
    sign_in.routes,
    logout.routes,
    today.routes,
    counts.routes,
    letters.routes,
    letter.routes,
    insights.routes,
    styleguide.routes,
)
OTHERWISE = elsewhere.routes
