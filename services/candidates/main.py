"""Start-up of candidates: the only place where its parts are put together."""

from services.candidates import api, clock, handlers
from services.candidates.settings import CandidatesSettings
from services.candidates.sql.held import HOLDINGS
from shared.running.start import Service

SERVICE = Service("candidates", CandidatesSettings, handlers.router, clock.schedule, api.ROUTES, HOLDINGS)
