"""The values that events consist of, with their bounds and what is said of one out of bounds."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, TypeAlias
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticUseDefault, core_schema

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

# No control characters; `<` only where no markup can begin (not before a letter, `/` or `!`).
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
# U+2028 and U+2029 stand as they are: RE2, which reads schemas in Go, knows no escape for them.
_LINE = "\\x00-\\x1f\\x7f-\\x9f\u2028\u2029"
_ADDRESS = r"[^@\s\x00-\x20<>()\[\],;:\\\x22\x7f]+"
ID_PATTERN = r"^[A-Za-z0-9._:\-]{1,64}$"


def _plain(control: str) -> str:
    return rf"^(?:[^<{control}]|<+[^<A-Za-z/!{control}])*<*$"


def _says(wrong: str, message: str) -> GetPydanticSchema:
    """One error with its own code and words, in place of those of the constraints before it."""

    def schema(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(handler(source), custom_error_type=wrong, custom_error_message=message)

    return GetPydanticSchema(schema)


def _id_schema(*_: Any) -> CoreSchema:
    """Text first, as most ids are; then whole numbers, which become text."""
    number = core_schema.int_schema(strict=True, ge=0, lt=10**64)
    return core_schema.union_schema(
        [core_schema.str_schema(pattern=ID_PATTERN), core_schema.no_info_after_validator_function(str, number)],
        mode="left_to_right",
        custom_error_type="not_an_id",
        custom_error_message="is not an id: 1 to 64 of A-Z a-z 0-9 . _ : -, or a whole number",
        serialization=core_schema.simple_ser_schema("str"),
    )


def _is_written_out(value: object) -> object:
    """Pydantic would also take a number of seconds, which nobody can tell from milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[10:11] in ("T", "t", " ")):
        return value
    raise PydanticCustomError("not_an_instant", "is not an RFC 3339 time with an offset")


def _is_day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and len(value) == 10):
        return value
    raise PydanticCustomError("not_a_day", "is not a day as 2026-11-23")


def _to_utc(value: datetime) -> datetime:
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise _out_of_range() from None
    if not EARLIEST <= instant <= LATEST:
        raise _out_of_range()
    return instant


def _in_range(value: date) -> date:
    if not EARLIEST.date() <= value <= LATEST.date():
        raise _out_of_range()
    return value


def _out_of_range() -> PydanticCustomError:
    return PydanticCustomError("time_out_of_range", "lies outside of 1970 to 2100")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_time_zone(value: str) -> str:
    if value not in _time_zones():
        raise PydanticCustomError("not_a_time_zone", "is not an IANA time zone")
    return value


_ID_TAKEN = {"type": ["string", "integer"], "pattern": ID_PATTERN, "minimum": 0}
Id = Annotated[str, GetPydanticSchema(_id_schema), WithJsonSchema(_ID_TAKEN)]
Name = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=_plain(_LINE)),
    _says("not_a_name", "is not one line of 1 to 200 characters without markup"),
]
Code = Annotated[
    str, Field(pattern=r"^[a-z0-9_\-]{1,64}$"), _says("not_a_code", "is not a code: 1 to 64 of a-z 0-9 _ -")
]
Text = Annotated[
    str,
    Field(min_length=1, max_length=600, pattern=_plain(_CONTROL)),
    _says("not_plain_text", "is not plain text of 1 to 600 characters without markup"),
]
Description = Annotated[
    str,
    Field(min_length=1, max_length=20_000, pattern=_plain(_CONTROL)),
    _says("not_plain_text", "is not plain text of 1 to 20,000 characters without markup"),
]
Email = Annotated[
    str,
    Field(max_length=254, pattern=f"^{_ADDRESS}@{_ADDRESS}$"),
    _says("not_an_address", "is not an e-mail address of at most 254 characters"),
]
Phone = Annotated[str, Field(pattern=r"^[0-9+()/ .\-]{3,40}$"), _says("not_a_phone", "is not a phone number")]
Url = Annotated[
    str,
    Field(max_length=2_000, pattern=r"^https://[^\s<>\x22\x00-\x20\x7f]+$"),
    _says("not_an_address", "is not an https address of at most 2,000 characters"),
]
Language = Annotated[
    str,
    Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"),
    _says("not_a_language", "is not a BCP 47 language"),
]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), _says("not_a_country", "is not an ISO 3166-1 alpha-2 country")]
TimeZone = Annotated[
    str, Field(max_length=64, description="An IANA time zone, such as Europe/Berlin."), AfterValidator(_is_time_zone)
]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$"), _says("not_a_colour", "is not a colour as #0a6e5c")]
Line = Annotated[
    str,
    Field(min_length=1, max_length=249, pattern=rf"^[^{_LINE}]+$"),
    _says("not_a_line", "is not one line of 1 to 249 characters"),
]
Instant = Annotated[AwareDatetime, BeforeValidator(_is_written_out), AfterValidator(_to_utc)]
Plan: TypeAlias = Instant
Day = Annotated[date, BeforeValidator(_is_day), AfterValidator(_in_range)]
Month = Annotated[
    str,
    Field(pattern=r"^(?:19[7-9][0-9]|20[0-9][0-9])-(?:0[1-9]|1[0-2])$"),
    _says("not_a_month", "is not a month as 2026-11"),
]
Flag = Annotated[bool, Field(strict=True)]
Level = Annotated[float, Field(ge=0, le=1, strict=True)]


def _absent_if_null(value: object) -> object:
    """Many languages write null for what nobody has set, such as an empty list."""
    if value is None:
        raise PydanticUseDefault
    return value


def _takes_null(schema: Any) -> bool:
    return schema["type"] == "nullable" or schema.get("function", {}).get("function") is _absent_if_null


class Value(BaseModel):
    """A part of an event. Null for a field that has a default is the same as no such field."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        inner: Any = handler.resolve_ref_schema(schema)
        while inner["type"] != "model-fields":
            inner = inner["schema"]
        for field in inner["fields"].values():
            default = field["schema"]
            if default["type"] == "default" and not _takes_null(default["schema"]):
                default["schema"] = core_schema.no_info_before_validator_function(_absent_if_null, default["schema"])
        return schema
