"""Releases of the citizens' dialogs: the one that is here, and others that are made of its source by edits such as
somebody makes who changes a scenario."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import ModuleType

from bots.house import Houses
from core.lines import literal
from dialogs.citizen import appeal
from dialogs.engine import Form
from dialogs.registry import Dialogs
from dialogs.steps import end, words

Edits = Sequence[tuple[str, str]]

ADDED: Edits = (
    ("PLACE, CHECK, SURE", "PLACE, URGENT, CHECK, SURE"),
    (
        "STEPS = (",
        'URGENT = choice("urgent", literal("Urgent?"), lambda here: [Button("yes", literal("Yes"))])\nSTEPS = (',
    ),
)
REMOVED: Edits = (
    ("PLACE, CHECK, SURE", "CHECK, SURE"),
    ("draft[PLACE]", "Place()"),
    ("catch=(PLACE, ", "catch=("),
    ('                (line("the address"), PLACE),\n', ""),
)
RENAMED: Edits = (('photos("photos", photos_ask,', 'photos("pictures", photos_ask, was="photos",'),)
ANOTHER = Form(
    "another", 1, literal("Another"), (words("mood", literal("How are you?")), end(lambda here: literal("Thanks.")))
)


def releases(now: Houses) -> Iterator[tuple[str, Houses]]:
    """One after the other, as they are deployed; the last is what there was before all of them."""
    yield "a step is added", _edited(now, ADDED)
    yield "it is taken back", now
    yield "a step is removed", _edited(now, REMOVED)
    yield "a step is renamed", _edited(now, RENAMED)
    yield "a form is removed", _with(now, {name: it for name, it in _forms(now).items() if name != "find"})
    yield "a form is added", _with(now, {**_forms(now), ANOTHER.name: ANOTHER})
    yield "all is taken back", now


def _edited(now: Houses, edits: Edits) -> Houses:
    source = inspect.getsource(appeal)
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    module = ModuleType(appeal.__name__)
    exec(compile(source, appeal.__name__, "exec"), module.__dict__)  # noqa: S102 - our own words
    return _with(now, {**_forms(now), **{form.name: form for form in module.FORMS}})


def _forms(now: Houses) -> dict[str, Form]:
    return dict(now.citizens.dialogs.forms)


def _with(now: Houses, forms: dict[str, Form]) -> Houses:
    return replace(now, citizens=replace(now.citizens, dialogs=Dialogs(forms, now.citizens.dialogs.views)))
