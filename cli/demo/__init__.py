"""`talentloop demo`: the story "Nobody was hired" on a real stack, in a minute."""

from cli.demo.command import demo

__all__ = ["demo"]
