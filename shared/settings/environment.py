"""Reading the environment, each variable also as `NAME_FILE`. A mistake is named, its value never. Empty is not set."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict


class SettingsError(Exception):
    """The environment is not fit to start with: one line per variable, saying what to do. Exit code 2."""

    exit_code = 2

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Configuration(BaseSettings):
    """Some variables of the environment, read and checked at once; a field's description says what to set it to."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True)

    def __init__(self, **values: Any) -> None:
        """Read the environment; named values win over it. Raises SettingsError."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_explain(error, type(self).model_fields)) from None
        if problems := self.contradictions():
            raise SettingsError(problems)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the files that variables name."""
        return init_settings, env_settings, NamedFiles(settings_cls, env_ignore_empty=True)

    def contradictions(self) -> list[str]:
        """Values that are fine alone but not together. A subclass adds its own."""
        return []


def read_setting(name: str) -> str | None:
    """One variable, or what the file that `NAME_FILE` names holds. Raises SettingsError."""
    if path := os.environ.get(f"{name}_FILE"):
        return _read_files({name: path}).get(name)
    return os.environ.get(name) or None


class NamedFiles(EnvSettingsSource):
    """Reads `NAME` from the file that `NAME_FILE` names, as orchestrators hand over secrets."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        names = [name.upper() for name in self.settings_cls.model_fields]
        found = {name: path for name in names if (path := os.environ.get(f"{name}_FILE"))}
        return {name.lower(): value for name, value in _read_files(found).items()}


def _read_files(paths: Mapping[str, str]) -> dict[str, str]:
    both = [f"{n}: set either {n} or {n}_FILE, not both" for n in paths if os.environ.get(n)]
    lost = [f"{n}_FILE: {p} cannot be read, name a file that can" for n, p in paths.items() if not _is_readable(p)]
    if both or lost:
        raise SettingsError([*both, *lost])
    values = {name: Path(path).read_text(encoding="utf-8").strip() for name, path in paths.items()}
    return {name: value for name, value in values.items() if value}


def _is_readable(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)


def _lacking(name: str) -> str:
    path = os.environ.get(f"{name}_FILE")
    return f"its file {path} is empty" if path else "is missing"


def _explain(error: ValidationError, fields: Mapping[str, FieldInfo]) -> list[str]:
    lines: dict[str, str] = {}
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(problem["loc"][0])
        wrong = _lacking(name.upper()) if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        hint = fields[name].description if name in fields else None
        lines.setdefault(name, f"{name.upper()}: {wrong}" + (f"; set it to {hint}" if hint else ""))
    return list(lines.values())
