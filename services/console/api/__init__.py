"""The pages of the console."""

from services.console.api import (
    assets,
    counts,
    deciding,
    elsewhere,
    feedback,
    insights,
    job,
    jobs,
    letter,
    letters,
    logout,
    preferences,
    settings,
    sign_in,
    styleguide,
    tasks,
    today,
    waiting,
)

ROUTES = (
    assets.routes,
    sign_in.routes,
    logout.routes,
    preferences.routes,
    today.routes,
    counts.routes,
    letters.routes,
    letter.routes,
    waiting.routes,
    deciding.routes,
    tasks.routes,
    insights.routes,
    jobs.routes,
    job.routes,
    settings.routes,
    feedback.routes,
    styleguide.routes,
)
OTHERWISE = elsewhere.routes
