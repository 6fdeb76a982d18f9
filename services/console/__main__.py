"""`python -m services.console`."""

from services.console.main import SERVICE
from shared.running.start import run

run(SERVICE)
