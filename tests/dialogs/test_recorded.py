from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from dialogs.session import session_from_json
from tests.checks.tree import ROOT
from tests.dialogs.door import Door
from tests.dialogs.record import RECORDED, WALKS, every_form, make


def cases() -> Iterator[Any]:
    for file in sorted(RECORDED.glob("[0-9]*.json")):
        for n, case in enumerate(json.loads(file.read_text("utf-8"))):
            yield pytest.param(case, id=f"{file.stem}: {case['session']['form']} {n}")


@pytest.mark.parametrize("case", list(cases()))
def test_a_session_of_a_release_goes_on_where_it_was(case: dict[str, Any]) -> None:
    """The same move leads to the same step, and nothing that was said is lost."""
    forms = every_form()
    s = session_from_json(case["session"])
    door = Door(forms[s.form], s)
    if not s.over:
        door.send()
    if case["move"] is not None:
        make(door, case["move"])
    assert door.s.shown == case["then"]
    assert set(case["answers"]) <= set(door.s.answers)


def test_every_form_is_recorded() -> None:
    assert set(every_form()) == set(WALKS)


def test_recordings_are_only_ever_added() -> None:
    """A recording that had to be changed is a dialog that has been broken for somebody."""
    command = ["git", "log", "--diff-filter=MD", "--format=%h", "--", "tests/recorded"]
    changed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    local = ["git", "diff", "--diff-filter=MD", "--name-only", "HEAD", "--", "tests/recorded"]
    changed += subprocess.run(local, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert changed == []
