"""What the console asks of every service in the same way: who looked at somebody, and everything held about them."""

from datetime import datetime
from typing import get_args

from services.console.calls.route import Listed, Route, Service, Told, reading


class Reading(Told):
    """Who looked, by which route."""

    at: datetime
    reader: str
    route: str


class Exported(Told):
    """A file to keep: it is passed on as it is."""

    service: str


SERVICES: tuple[Service, ...] = get_args(Service)
READS: dict[Service, Route[Listed[Reading]]] = {
    one: reading(one, "/reads", Listed[Reading], "candidate", "limit", "cursor") for one in SERVICES
}
EXPORTS: dict[Service, Route[Exported]] = {
    one: reading(one, "/candidates/{candidate}/export", Exported) for one in SERVICES
}
