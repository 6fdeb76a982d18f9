"""HTTP of interviews: what a person or a program says happened, and asks about."""

from services.interviews.api import applications, feedback, interviews, jobs, people

ROUTES = (people.routes, jobs.routes, applications.routes, interviews.routes, feedback.routes)
