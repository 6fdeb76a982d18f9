"""Who we know: facts about people, their consent, the pool, matches and relations. Owner: candidates."""
