"""`python -m services.interviews`."""

from services.interviews.main import SERVICE
from shared.running.start import run

run(SERVICE)
