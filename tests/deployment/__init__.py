"""The deployment in a real engine: `make test-deployment`. Needs Docker with Compose; `make test` leaves it out."""
