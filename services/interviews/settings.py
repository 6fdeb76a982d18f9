"""The environment of interviews: what every service has."""

from shared.settings.service import Settings

__all__ = ["Settings"]
