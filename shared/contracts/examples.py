"""A real event of every kind, as the demo's story left it on Kafka."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from shared.contracts import Event


def example_of(contract: type[Event]) -> dict[str, Any]:
    """Its `headers`, and its `payload`."""
    found: dict[str, Any] = _examples()[contract.topic]
    return found


@cache
def _examples() -> dict[str, Any]:
    examples: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
    return examples
