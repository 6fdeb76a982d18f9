"""Start-up of interviews: the only place where its parts are put together."""

from services.interviews import api, clock, handlers
from services.interviews.settings import ListeningSettings
from services.interviews.sql.held import HOLDINGS
from shared.running.start import Service

SERVICE = Service("interviews", ListeningSettings, handlers.router, clock.schedule, api.ROUTES, HOLDINGS)
