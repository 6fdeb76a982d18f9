"""The reference site: what `docs/` says, and pages made out of the contracts and of each service's routes."""
