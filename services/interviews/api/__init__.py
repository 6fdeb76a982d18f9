"""HTTP of interviews: what a person or a program asks and says."""

from services.interviews.api import applications, feedback, interviews, jobs, users

ROUTES = (jobs.routes, applications.routes, interviews.routes, feedback.routes, users.routes)
