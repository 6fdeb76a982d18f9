"""`python -m services.candidates`."""

from services.candidates.main import SERVICE
from shared.running.start import run

run(SERVICE)
