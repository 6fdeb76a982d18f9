"""A route of another service, as the console calls it. A test holds each against that service's OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, RootModel

A = TypeVar("A", bound=BaseModel)
Service = Literal["interviews", "candidates", "notifications", "insights"]


class Told(BaseModel):
    """What a service answers, as far as the console reads it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Said(RootModel[dict[str, Any]]):
    """What a page says, field by field; the service checks it."""


class Saved(Told):
    """What saving changed."""

    recorded: str


class Whole(BaseModel):
    """A body in which a null says something; in others what is none is left out."""


Item = TypeVar("Item", bound=BaseModel)


class Listed(Told, Generic[Item]):
    """A page of a list; `cursor` leads to the next one."""

    items: tuple[Item, ...]
    cursor: str | None = None


@dataclass(frozen=True)
class Route(Generic[A]):
    """One route: `path` with its names in braces; `query` are the parameters that the console sends."""

    method: Literal["GET", "PUT", "POST"]
    service: Service
    path: str
    answer: type[A]
    query: frozenset[str] = frozenset()

    def address(self, asked: Mapping[str, object]) -> str:
        """The path for these values, each quoted whole. Raises KeyError for one that is missing."""
        return self.path.format_map({name: _step(str(asked[name])) for name in self._names})

    def parameters(self, asked: Mapping[str, object]) -> dict[str, str]:
        """Those of the values that are parameters and are given. Raises TypeError for one that is neither."""
        left = asked.keys() - self._names
        if unknown := left - self.query:
            raise TypeError(f"{self.path} is not asked for {', '.join(sorted(unknown))}")
        return {name: _said(asked[name]) for name in sorted(left) if asked[name] not in (None, "", ())}

    @property
    def _names(self) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(self.path) if name}


def _step(value: str) -> str:
    """One step of a path, whatever it holds: also dots lead nowhere else."""
    return value.replace(".", "%2E") if value in (".", "..") else quote(value, safe="")


def _said(value: object) -> str:
    """As the services read it: several values separated by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else str(value)


def reading(service: Service, path: str, answer: type[A], *query: str) -> Route[A]:
    """A route that shows something."""
    return Route("GET", service, path, answer, frozenset(query))


def writing(service: Service, path: str, answer: type[A], method: Literal["PUT", "POST"] = "PUT") -> Route[A]:
    """A route that changes something, or reads by a body so that no log holds what is sought."""
    return Route(method, service, path, answer)
