"""A module that has grown too large holds two ideas."""

from __future__ import annotations

from tests.checks.tree import ROOT, project_files

MOST = 400


def test_no_module_is_over_400_lines() -> None:
    sizes = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in project_files(".py")}
    assert "core/talk.py" in sizes
    assert not {name: size for name, size in sizes.items() if size > MOST}


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "manager", "common", "base", "misc"}
    assert not [file for file in project_files(".py") if drawers & {file.stem, file.parent.name}]
