"""core/app.py is complete: no command, query or handler stands outside it, and no entry lacks a right."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import get_args

import pytest

import core
from core import app
from core.actors import Actor, Citizen, Nobody, Official, Role, System
from core.appeals import events
from core.appeals.types import ShowAppeal
from core.errors import NotAllowed
from tests.core.conftest import World

ENTRIES = {**app.COMMANDS, **app.QUERIES}
ACTORS: tuple[Actor, ...] = (Citizen(1), *(Official(1, 1, role) for role in Role), System(), Nobody())


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(core.__path__, "core."):
        yield importlib.import_module(found.name)


def declared(word: str) -> set[type]:
    """Types whose docstring says that they are commands, or queries."""
    types = (value for module in modules() if module.__name__.endswith(".types") for value in vars(module).values())
    return {value for value in types if inspect.isclass(value) and (value.__doc__ or "").startswith(word)}


def test_every_command_and_query_has_an_entry_and_nothing_else_has() -> None:
    assert declared("Command ") == set(app.COMMANDS)
    assert declared("Query ") == set(app.QUERIES)


def test_every_handler_has_an_entry() -> None:
    shapes = (["tx", "actor", "key", "command", "now"], ["conn", "actor", "query", "now"])
    handlers = {
        value
        for module in modules()
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ != "core.app" and not name.startswith("_")
        if list(inspect.signature(value).parameters) in shapes
    }
    assert handlers == {entry.function for entry in ENTRIES.values()}


@pytest.mark.parametrize("asked", ENTRIES, ids=lambda asked: str(asked.__name__))
def test_every_entry_has_a_right(asked: type) -> None:
    entry = ENTRIES[asked]
    assert entry.right
    assert set(entry.right) <= set(get_args(Actor))
    assert entry.roles
    assert set(entry.roles) == set(Role) or entry.right == app.OFFICIAL, "a role is asked of officials"


def test_audited_queries_are_queries_and_events_have_reactions() -> None:
    assert set(app.AUDITED) <= set(app.QUERIES)
    happened = {
        value for value in vars(events).values() if inspect.isclass(value) and value.__module__ == events.__name__
    }
    assert happened <= set(app.REACTIONS) <= happened | declared("Event: ")


def test_another_kind_of_actor_and_another_role_are_not_allowed(world: World) -> None:
    kinds: list[tuple[type, Actor]] = [
        (asked, actor) for asked, entry in ENTRIES.items() for actor in ACTORS if type(actor) not in entry.right
    ]
    roles = [
        (asked, Official(1, 1, role)) for asked, entry in ENTRIES.items() for role in Role if role not in entry.roles
    ]
    assert kinds
    assert roles
    wrong = [*kinds, *roles]
    for asked, actor in wrong:
        said: object = object.__new__(asked)  # the right is looked at before anything in it
        with pytest.raises(NotAllowed):
            (world.run if asked in app.COMMANDS else world.ask)(actor, said)


def test_nobody_sees_no_appeal(world: World) -> None:
    with pytest.raises(NotAllowed):
        world.ask(Nobody(), ShowAppeal("123456789"))
