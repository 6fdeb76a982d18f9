"""Backups of the services' databases, and the way back."""
