"""Start-up of the console: the only place where its parts are put together. It has no Kafka and no business data."""

from services.console import api, clock
from services.console.settings import ConsoleSettings
from shared.kit.router import Router
from shared.people.holdings import NOTHING
from shared.running.start import Service

SERVICE = Service(
    "console", ConsoleSettings, Router(), clock.schedule, api.ROUTES, NOTHING, otherwise=api.OTHERWISE,
    telling=api.TELLING,
)  # fmt: skip
