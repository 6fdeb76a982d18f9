"""`python -m services.insights`."""

from services.insights.main import SERVICE
from shared.running.start import run

run(SERVICE)
