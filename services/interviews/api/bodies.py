"""Bodies of writes: a contract's own fields, without those that the address or what is known already tells."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, create_model

from services.interviews.api.callers import BelongsElsewhere, OtherId
from shared.contracts import Event

E = TypeVar("E", bound=Event)


def body_of(contract: type[Event], *told: str) -> Any:
    """A model of the contract's fields in which `told` ones may be left out, and unknown ones are refused."""
    fields: dict[str, Any] = {}
    for name, field in contract.model_fields.items():
        if name in told:
            fields[name] = (field.annotation | None if field.annotation else None, None)
        else:
            fields[name] = (field.rebuild_annotation(), field)
    config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    return create_model(f"{contract.__name__}Body", __config__=config, __doc__=contract.__doc__, **fields)


def event_of(contract: type[E], body: BaseModel, told: dict[str, str], known: dict[str, Any] | None = None) -> E:
    """The event of a body, with the address's own ids (`told`) and what is `known` of its subject.

    Raises OtherId or BelongsElsewhere when the body contradicts them, ValidationError (422) when it is not valid.
    """
    given = {name: value for name, value in body.model_dump(by_alias=True).items() if value is not None}
    for name, value in told.items():
        if given.get(name, value) != value:
            raise OtherId(f"`{name}` in the body is not the id in the address.")
    facts = {name: value for name, value in (known or {}).items() if value is not None}
    for name, value in facts.items():
        if given.get(name, value) != value:
            raise BelongsElsewhere(f"`{name}` is not the one this belongs to.")
    return contract.model_validate({**facts, **given, **told})
