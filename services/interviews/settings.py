"""The environment of interviews: what every service has."""

from shared.settings.service import ServiceSettings

__all__ = ["ServiceSettings"]
