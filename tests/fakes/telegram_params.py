"""What a call says: its body read as the real server reads it, then held against the SDK's own model of the method.

It knows types and names only: what a value may be is for the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Any, get_args

from aiohttp import web
from pydantic import BaseModel, ValidationError

_EMPTY = {"chat_id": "chat_id is empty", "text": "message text is empty"}


class Refused(Exception):
    """An answer that is no success. `strict`: it is a mistake of the bot, not the state of the world."""

    def __init__(self, description: str, status: int = 400, *, strict: bool = False, **parameters: int) -> None:
        super().__init__(description)
        self.description, self.status, self.strict, self.parameters = description, status, strict, parameters


def wrong(description: str) -> Refused:
    return Refused(f"Bad Request: {description}", strict=True)


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes = field(repr=False)
    mime: str


@dataclass
class Ask:
    """A call as it was read. `form`: values came as words."""

    params: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    form: bool = True


@cache
def models() -> dict[str, type[BaseModel]]:
    """The methods of the API by lowercase name. The first call imports the SDK, which takes seconds."""
    import aiogram.methods

    found = [getattr(aiogram.methods, name) for name in aiogram.methods.__all__]
    return {it.__api_method__.lower(): it for it in found if isinstance(getattr(it, "__api_method__", None), str)}


async def read(request: web.Request) -> Ask:
    ask = Ask(dict(request.query))
    if request.content_type == "application/json":
        ask.form = False
        ask.params |= _parsed(await request.text())
    elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                ask.files[name] = Upload(value.filename, value.file.read(), value.content_type)
            elif name in ask.params:
                raise wrong(f"strict: parameter {name} is given twice")
            else:
                ask.params[name] = value if isinstance(value, str) else bytes(value).decode()
    elif await request.read():
        raise wrong(f"strict: a body of type {request.content_type} is not read")
    return ask


def _parsed(text: str) -> dict[str, Any]:
    try:
        params = json.loads(text or "{}")
    except ValueError:
        raise wrong("object expected as JSON") from None
    if not isinstance(params, dict):
        raise wrong("object expected as JSON")
    return params


def check(method: str, ask: Ask) -> dict[str, Any]:
    """The parameters with their types, or Refused."""
    model = models()[method.lower()]
    params = _typed(model, ask.params) if ask.form else dict(ask.params)
    for name in ask.files:
        if name in model.model_fields:  # a part may be the value itself
            params[name] = f"attach://{name}"
    if empty := [name for name, value in params.items() if value is None]:
        raise wrong(f"strict: {', '.join(empty)} is null; what is not meant is left out")
    try:
        built = model.model_validate_json(json.dumps(params), strict=True)
    except ValidationError as bad:
        raise wrong(_first(bad)) from None
    if unknown := sorted(_unknown(built)):
        raise wrong(f"strict: unknown parameter {', '.join(unknown)}")
    if astray := _attached(params) ^ ask.files.keys():
        raise wrong(f"strict: attach:// without a file, or a file without attach://: {', '.join(sorted(astray))}")
    if isinstance(chat := params.get("chat_id"), str) and re.fullmatch(r"-?\d+", chat):
        params["chat_id"] = int(chat)
    return params


def _typed(model: type[BaseModel], said: dict[str, str]) -> dict[str, Any]:
    fields = model.model_fields
    return {name: _value(name, fields[name].annotation if name in fields else str, it) for name, it in said.items()}


def _value(name: str, annotation: Any, said: str) -> Any:
    kinds = get_args(annotation) if isinstance(annotation, UnionType) or get_args(annotation) else (annotation,)
    if str in kinds:
        return said
    if bool in kinds:
        return {"true": True, "1": True, "false": False, "0": False}.get(said.lower(), said)
    try:
        return json.loads(said)
    except ValueError:
        raise wrong(f"can't parse {name} JSON object") from None


def _first(bad: ValidationError) -> str:
    error = bad.errors()[0]
    path = ".".join(str(step) for step in error["loc"])
    if error["type"] == "missing" and path in _EMPTY:
        return _EMPTY[path]
    return f"strict: {path}: {error['msg']}"


def _unknown(built: BaseModel, path: str = "") -> Iterator[str]:
    yield from (f"{path}{name}" for name in built.model_extra or ())
    for name in type(built).model_fields.keys() & built.model_fields_set:
        yield from _inside(getattr(built, name), f"{path}{name}.")


def _inside(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from _unknown(value, path)
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item, path)


def _attached(value: Any) -> set[str]:
    match value:
        case str():
            return {value.removeprefix("attach://")} if value.startswith("attach://") else set()
        case dict():
            return _attached(list(value.values()))
        case list():
            return {name for item in value for name in _attached(item)}
        case _:
            return set()
