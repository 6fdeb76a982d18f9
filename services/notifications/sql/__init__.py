"""The database of notifications: one typed function per statement, whole sets in, domain values out."""
