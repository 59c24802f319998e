"""docs/security.md says what is so: its matrix is that of the tests, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache

from bots.config import ROOT
from core import app
from core.actors import Actor
from tests.security import rights_routes
from tests.security.matrix import ACTORS, PAGE, cells, page, sections
from tests.security.rights_core import COMMANDS, QUERIES
from tests.security.rights_dialogs import DIALOGS
from tests.security.scene import EVERYBODY, PEOPLE, Scene

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_the_matrix_of_the_page_is_that_of_the_tests() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert page(written) == written, "python -m tests.security.matrix writes it anew"


def test_every_cell_is_filled() -> None:
    """So many rows, each for everybody: what the tests go through is what stands there."""
    core = (len(COMMANDS) + len(QUERIES)) * len(EVERYBODY)
    dialogs = sum(map(len, DIALOGS.values())) * len(PEOPLE)
    notices = len(sections()["Notices, were they addressed to everybody"][2]) * len(PEOPLE)
    routes = len(rights_routes.ROUTES) * len(rights_routes.COLUMNS)
    ops = len(rights_routes.OPS_ROUTES) * len(rights_routes.OPS_COLUMNS)
    assert cells() == core + dialogs + notices + routes + ops
    assert len(COMMANDS) >= len(app.COMMANDS) and len(QUERIES) >= len(app.QUERIES)


def test_the_page_means_the_people_of_the_tests(scene: Scene) -> None:
    """A right looks at what kind of actor somebody is, and at their role; the matrix has to mean the same."""

    def looks(actor: Actor) -> tuple[type, object]:
        return type(actor), getattr(actor, "role", None)

    assert {name: looks(actor) for name, actor in scene.actors.items()} == {n: looks(a) for n, a in ACTORS.items()}


def test_every_test_that_is_named_is_there() -> None:
    named = set(NAMED.findall(PAGE.read_text(encoding="utf-8")))
    assert len(named) > 50
    assert not sorted(f"{path}::{test}" for path, test in named if test not in named_in(path))


@cache
def named_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
