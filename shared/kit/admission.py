"""Who may come in, asked before anything they send is read: links and tokens first, bodies after."""

from typing import Any

from fastapi import Request

from shared.kit.access import roles_of, sign_in
from shared.kit.limits import knock


async def admit(request: Request) -> None:
    """What the route's own dependencies ask, before its body is read. Raises Problem, LinkRefused."""
    route: Any = request.scope.get("route")
    if route is None:
        return
    await knock(request)
    if (allowed := roles_of(route)) is not None:
        await sign_in(request, allowed)
