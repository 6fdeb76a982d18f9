"""`python -m services.candidates`."""

from services.candidates.main import SERVICE
from shared.kit.start import run

run(SERVICE)
