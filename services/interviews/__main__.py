"""`python -m services.interviews`."""

from services.interviews.main import SERVICE
from shared.kit.start import run

run(SERVICE)
