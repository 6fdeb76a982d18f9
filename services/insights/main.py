"""Start-up of insights: the only place where its parts are put together."""

from services.insights import api, clock, handlers
from services.insights.settings import InsightsSettings
from services.insights.sql.held import HOLDINGS
from shared.running.start import Service

SERVICE = Service("insights", InsightsSettings, handlers.router, clock.schedule, api.ROUTES, HOLDINGS)
