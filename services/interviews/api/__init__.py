"""HTTP of interviews: what a person or a program says happened, and asks about."""

from services.interviews.api import (
    applications,
    decisions,
    feedback,
    form,
    interviews,
    jobs,
    listed_interviews,
    notes,
    owed,
    people,
    work,
)

ROUTES = (
    people.routes,
    jobs.routes,
    applications.routes,
    decisions.routes,
    interviews.routes,
    listed_interviews.routes,
    feedback.routes,
    owed.routes,
    notes.routes,
    work.routes,
    form.routes,
)
