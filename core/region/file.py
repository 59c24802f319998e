"""Reads region.yaml, and any other file that people write, at the edge: what is wrong in it is told in one sentence
that names the field."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from core.region.types import Region

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Strict = ConfigDict(extra="forbid", frozen=True)
M = TypeVar("M", bound=BaseModel)


class WrongFile(Exception):
    """A file of settings that cannot be used; the message is one sentence for the person who wrote it."""


def in_russian(names: dict[str, str]) -> dict[str, str]:
    if "ru" not in names:
        raise ValueError("needs at least the Russian words («ru»)")
    return names


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, LookupError, ValueError) as error:
        raise ValueError(f"«{name}» is not a time zone that this machine knows") from error
    return name


Names = Annotated[dict[str, Words], AfterValidator(in_russian)]
Address = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]
Hour = Annotated[int, Field(ge=0, le=23)]


class _Emergency(BaseModel):
    model_config = Strict
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]
    what: Names


class _RegionFile(BaseModel):
    model_config = Strict
    name: Names
    operator: Names
    address: Names
    zone: Annotated[str, AfterValidator(_known_zone)]
    policy_url: Address
    formal_url: Address
    opa_id: Annotated[int, Field(ge=1)]
    emergency: Annotated[tuple[_Emergency, ...], Field(min_length=1)]
    consent_version: Annotated[str, StringConstraints(pattern=r"^\S{1,40}$")]
    reopen_score: Annotated[int, Field(ge=0, le=5)]
    rating_days: Annotated[int, Field(ge=1, le=365)]
    clarify_days: Annotated[int, Field(ge=1, le=60)] = 3
    quiet_from: Hour
    quiet_to: Hour
    raw_days: Annotated[int, Field(ge=1, le=365)]
    days_off: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()


def load_region(path: Path) -> Region:
    return TypeAdapter(Region).validate_python(read_checked(path, _RegionFile).model_dump())


def read_checked(path: Path, model: type[M]) -> M:
    """The file as `model`; WrongFile if it is missing, is no YAML, or breaks a rule of the model."""
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongFile(f"{path}: the file cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongFile(f"{path}: this is not a YAML file in UTF-8{_where(error)}.") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the whole file"
        raise WrongFile(f"{path}: {field}: {first['msg'].removeprefix('Value error, ')}.") from error


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", see line {mark.line + 1}" if mark else ""
