"""The database of candidates: one typed function per statement, whole sets in, domain values out."""
