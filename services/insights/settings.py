"""The environment of insights: what every service has that listens."""

from shared.settings.service import ListeningSettings

__all__ = ["ListeningSettings"]
