"""The database of interviews: one typed function per statement, whole sets in, domain values out."""
