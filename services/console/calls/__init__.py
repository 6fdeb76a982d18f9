"""The other services, over HTTP: one typed constant a route, and the desk that asks with a person's own token."""
