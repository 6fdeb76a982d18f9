"""`python -m services.notifications`."""

from services.notifications.main import SERVICE
from shared.kit.start import run

run(SERVICE)
