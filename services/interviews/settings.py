"""The environment of interviews: what every service has."""

from shared.kit.settings import Settings

__all__ = ["Settings"]
