"""Bodies over HTTP: JSON is read once, into the model of its route, and becomes the event that it tells."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from shared.contracts import Event
from shared.web.problems import Unprocessable

TOLD = ""  # what a body leaves out that the address or what is known tells

E = TypeVar("E", bound=Event)


class AnotherId(Unprocessable):
    """The body names another id than the address."""

    code = "another-id"


def event_of(contract: type[E], body: BaseModel, address: str, **known: object) -> E:
    """The event a body tells, with its id from the address and what is known where the body leaves it out.

    Raises AnotherId.
    """
    if getattr(body, contract.fact_field, TOLD) not in (TOLD, address):
        field = {"field": f"/{contract.fact_field}", "code": AnotherId.code, "detail": "The address names another."}
        raise AnotherId("The body names another id than the address.", errors=[field])
    left_out = {name: value for name, value in known.items() if getattr(body, name, None) in (TOLD, None)}
    return contract.model_validate({**dict(body), contract.fact_field: address, **left_out})


def body_model(request: Request) -> type[BaseModel] | None:
    """What a route reads its JSON body into; None for a route without one, or with a form."""
    field = getattr(request.scope.get("route"), "body_field", None)
    if field is None or isinstance(field.field_info, Form):
        return None
    model: type[BaseModel] = field.field_info.annotation
    return model


async def read_body(request: Request) -> BaseModel | ValidationError | None:
    """A JSON body as the model of its route, or what is wrong with it, unknown fields among it. Read once a request."""
    if (model := body_model(request)) is None:
        return None
    if not hasattr(request.state, "read_body"):
        request.state.read_body = _read(model, await request.body())
    found: BaseModel | ValidationError = request.state.read_body
    return found


def _read(model: Any, body: bytes) -> BaseModel | ValidationError:
    try:
        found: BaseModel = model.__pydantic_validator__.validate_json(body, extra="forbid")
    except ValidationError as error:
        return error
    return found


class Routes(APIRouter):
    """The routes of one subject. Where a body fits, FastAPI is given what was read of it, and reads no second time."""

    def __init__(self, **given: Any) -> None:
        super().__init__(route_class=_ReadOnce, **given)


class _ReadOnce(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read_once(request: Request) -> Response:
            return await handle(_BodyRequest(request.scope, request.receive))

        return read_once


class _BodyRequest(Request):
    async def json(self) -> Any:
        """What was read; where it does not fit, what FastAPI makes of it: it tells all that is wrong with a request."""
        read = await read_body(self)
        return read if isinstance(read, BaseModel) else await super().json()
