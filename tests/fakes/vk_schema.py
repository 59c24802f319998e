"""Which parameters a method takes and of what type, read off the method models of vkbottle_types. No meaning here."""

from __future__ import annotations

import importlib
import inspect
import re
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from tests.fakes.vk_errors import VkError, invalid

EVERYWHERE = frozenset({"access_token", "v", "lang", "test_mode", "captcha_sid", "captcha_key"})
_DOCUMENTED = re.compile(r"Method `([a-zA-Z.]+)\(\)`")
_CAMEL = re.compile(r"(?<!^)(?=[A-Z])")
_MISSING_FROM_THE_MODELS = {"messages.edit": {"conversation_message_id": int}}  # its name before `cmid`, still taken


def typed(method: str, params: Mapping[str, str]) -> dict[str, Any]:
    """What was passed, as the types that the method has it in; unlike the real one, it minds unknown names."""
    known = _parameters(method)
    values: dict[str, Any] = {}
    for name, text in params.items():
        if name in EVERYWHERE:
            continue
        if name not in known:
            raise invalid(f"{name} is not a parameter of {method}")
        values[name] = _value(name, known[name][0], text)
    for name, (_, required) in known.items():
        if required and name not in values:
            raise invalid(f"{name} is undefined")
    return values


def event_names() -> tuple[str, ...]:
    """Everything that a group can be told of: what can be switched on one by one."""
    switches = _parameters("groups.setCallbackSettings")
    return tuple(name for name, (kind, _) in switches.items() if kind == bool | None)


def load() -> None:
    """In a thread, lest the first call find everybody waiting."""
    _methods("messages")
    _methods("groups")


def _parameters(method: str) -> dict[str, tuple[Any, bool]]:
    """Name → (type, required)."""
    methods = _methods(method.partition(".")[0])
    if method not in methods:
        raise VkError(3)
    return methods[method]


@cache
def _methods(section: str) -> dict[str, dict[str, tuple[Any, bool]]]:
    """Importing the models takes 1.5 seconds: only when the first call comes."""
    if not section.isalpha():
        return {}
    try:
        module = importlib.import_module(f"vkbottle_types.codegen.methods.{_CAMEL.sub('_', section).lower()}")
    except ModuleNotFoundError:
        return {}
    found: dict[str, dict[str, tuple[Any, bool]]] = {}
    for _, category in inspect.getmembers(module, inspect.isclass):
        for _, function in inspect.getmembers(category, inspect.isfunction):
            if documented := _DOCUMENTED.search(function.__doc__ or ""):
                extra = _MISSING_FROM_THE_MODELS.get(documented[1], {})
                found[documented[1]] = _signature(function) | {name: (kind, False) for name, kind in extra.items()}
    return found


def _signature(function: types.FunctionType) -> dict[str, tuple[Any, bool]]:
    return {
        parameter.name.removeprefix("_"): (parameter.annotation, parameter.default is parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD
    }


def _value(name: str, kind: Any, text: str) -> Any:
    origin, options = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        wanted = [option for option in options if option is not types.NoneType]
        return text if str in wanted else _value(name, wanted[0], text)
    if origin is list:
        return [_value(name, options[0], part) for part in text.split(",")] if text else []
    if origin is typing.Literal:
        if text not in [str(option) for option in options]:
            raise invalid(f"{name} should be one of {', '.join(map(str, options))}")
        return text
    return _scalar(name, kind, text)


def _scalar(name: str, kind: Any, text: str) -> Any:
    if kind is bool:
        if text not in {"0", "1"}:
            raise invalid(f"{name} should be 0 or 1")
        return text == "1"
    if kind is int:
        if not re.fullmatch(r"-?\d{1,19}", text):
            raise invalid(f"{name} not integer")
        return int(text)
    if kind is float:
        if not re.fullmatch(r"-?\d+(\.\d+)?", text):
            raise invalid(f"{name} not a number")
        return float(text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        if text not in [str(member.value) for member in kind]:
            raise invalid(f"{name} has an unknown value {text}")
        return text
    return text
