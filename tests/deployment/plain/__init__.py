"""docker-compose.yml alone, as operators run it and as bad days treat it: one deployment for all files in here."""
