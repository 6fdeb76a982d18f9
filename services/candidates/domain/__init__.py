"""Who we know, as rules: the pool, matching, wasted interviews. Values in, values out."""
