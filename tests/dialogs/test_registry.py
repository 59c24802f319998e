"""The registry finds every dialog and refuses, in one sentence, what no button could carry."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from core.lines import literal
from core.talk import BUTTON_BYTES, Screen
from dialogs.keys import CHANGE
from dialogs.registry import ID_MOST, BadDialog, gather, load
from dialogs.steps import act, sub, words
from dialogs.views import View
from tests.dialogs.report import CHECK, END, FORM, PHOTOS, TEXT


def view(name: str) -> View:
    return View(name, lambda args, facts: Screen((literal("?"),)))


def test_every_audience_is_found() -> None:
    for found in (load("citizen"), load("staff")):
        assert all(name == form.name for name, form in found.forms.items())
        assert all(name == view_.name for name, view_ in found.views.items())


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        (SimpleNamespace(VIEWS=(view("Appeal"),)), "made of a-z and _"),
        (SimpleNamespace(VIEWS=(view("a:b"),)), "made of a-z and _"),
        (SimpleNamespace(VIEWS=(view(""),)), "made of a-z and _"),
        (SimpleNamespace(VIEWS=(view("a" * 13),)), "12 characters at most"),
        (SimpleNamespace(VIEWS=(view("report"),), FORMS=(FORM,)), "Two dialogs are called 'report'"),
        (SimpleNamespace(VIEWS=(view("a"), view("a"))), "Two dialogs are called 'a'"),
        (
            SimpleNamespace(FORMS=(replace(FORM, steps=(words("a" * 17, literal("?")), END), catch=()),)),
            "16 characters at most",
        ),
        (SimpleNamespace(FORMS=(replace(FORM, steps=(TEXT, TEXT, END), catch=()),)), "called 'text'"),
        (
            SimpleNamespace(
                FORMS=(replace(FORM, steps=(TEXT, words("new", literal("?"), was="text"), END), catch=()),)
            ),
            "called 'text'",
        ),
        (SimpleNamespace(FORMS=(replace(FORM, steps=(TEXT, CHECK), catch=()),)), "does not end"),
        (SimpleNamespace(FORMS=(replace(FORM, steps=(END, act("one", str, str)), catch=()),)), "does not end"),
        (SimpleNamespace(FORMS=(replace(FORM, steps=(TEXT, END), catch=(PHOTOS,)),)), "catches for a step"),
        (
            SimpleNamespace(FORMS=(replace(FORM, steps=(sub("to", str, "report"), END), catch=()),)),
            "which has no value",
        ),
        (
            SimpleNamespace(FORMS=(replace(FORM, steps=(sub("to", str, "nobody"), END), catch=()),)),
            "which has no value",
        ),
    ],
)
def test_a_bad_dialog_is_refused_in_one_sentence(module: Any, sentence: str) -> None:
    with pytest.raises(BadDialog, match=sentence) as refused:
        gather([module])
    assert str(refused.value).count(".") == 1 and str(refused.value).endswith(".")


def test_the_longest_button_of_a_form_fits() -> None:
    assert len(f"~{'a' * 8}~{10**9}~{CHANGE}{'a' * ID_MOST}") <= BUTTON_BYTES
