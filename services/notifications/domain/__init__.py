"""The business of notifications: which letters the facts ask for, and when we stay silent."""
