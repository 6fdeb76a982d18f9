"""Start-up of candidates: the only place where its parts are put together."""

from services.candidates import api, clock, handlers, sql
from services.candidates.settings import Settings
from shared.running.start import Service

SERVICE = Service("candidates", Settings, handlers.router, clock.schedule, api.ROUTES, sql.load_held)
