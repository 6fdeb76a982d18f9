"""`python -m services.notifications`."""

from services.notifications.main import SERVICE
from shared.running.start import run

run(SERVICE)
