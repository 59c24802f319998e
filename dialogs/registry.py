"""Finds every dialog: the FORMS and VIEWS of the modules of one audience. It looks when it is asked, never at import,
and refuses names that people's buttons could not carry."""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from dialogs.engine import Form
from dialogs.views import View

NAME_MOST = 12
ID_MOST = 16
"""With these a button of a form, "~" + run + "~" + rev + "~" + key, fits into core.talk.BUTTON_BYTES."""


class BadDialog(Exception):
    """A mistake of whoever wrote the dialog; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Dialogs:
    forms: Mapping[str, Form]
    views: Mapping[str, View]


def load(audience: Literal["citizen", "staff", "door", "brief"]) -> Dialogs:
    package = import_module(f"dialogs.{audience}")
    found = sorted(x.name for x in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    return gather(map(import_module, found))


def gather(modules: Iterable[object]) -> Dialogs:
    forms: dict[str, Form] = {}
    views: dict[str, View] = {}
    for module in modules:
        for form in getattr(module, "FORMS", ()):
            _check_name(form.name, forms, views)
            _check_steps(form)
            forms[form.name] = form
        for view in getattr(module, "VIEWS", ()):
            _check_name(view.name, forms, views)
            views[view.name] = view
    for form in forms.values():
        _check_subs(form, forms)
    return Dialogs(forms, views)


def _check_subs(form: Form, forms: Mapping[str, Form]) -> None:
    for step in () if callable(form.steps) else form.steps:
        if step.form and (step.form not in forms or forms[step.form].value is None):
            raise BadDialog(f"Step {step.id!r} of form {form.name!r} asks {step.form!r}, which has no value.")


def _check_name(name: str, *taken: Mapping[str, object]) -> None:
    if not re.fullmatch("[a-z_]+", name):
        raise BadDialog(f"The name of a dialog is made of a-z and _, but there is {name!r}.")
    if len(name) > NAME_MOST:
        raise BadDialog(f"The name of a dialog has {NAME_MOST} characters at most, but {name!r} has {len(name)}.")
    if any(name in names for names in taken):
        raise BadDialog(f"Two dialogs are called {name!r}; forms and views share their names.")


def _check_steps(form: Form) -> None:
    """Of a form made from data only its catch can be looked at."""
    steps = form.catch if callable(form.steps) else form.steps
    long = [x.id for x in steps if len(x.id) > ID_MOST]
    if long:
        raise BadDialog(f"The id of a step has {ID_MOST} characters at most, but form {form.name!r} has {long[0]!r}.")
    twice = [id for id, n in Counter(name for x in steps for name in set(x.names)).items() if n > 1]
    if twice:
        raise BadDialog(f"Two steps of form {form.name!r} are or were called {twice[0]!r}.")
    if callable(form.steps):
        return
    if [x.ends for x in steps] != [False] * (len(steps) - 1) + [True]:
        raise BadDialog(f"Form {form.name!r} does not end with its only step that nobody answers.")
    if any(x not in steps for x in form.catch):
        raise BadDialog(f"Form {form.name!r} catches for a step that it does not have.")
