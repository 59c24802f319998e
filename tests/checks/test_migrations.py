"""The migrations lead from nothing to the tables of the code, on both engines, and only forward."""

from __future__ import annotations

import ast
import re
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bots.migrate
from bots.schema import metadata_with_all_tables
from tests.checks.tree import ROOT
from tests.databases import alembic_config, migrate

VERSIONS = sorted((ROOT / "migrations/versions").glob("*.py"))
numbered = pytest.mark.parametrize(
    ("number", "file"), list(enumerate(VERSIONS, 1)), ids=lambda arg: getattr(arg, "stem", "")
)


def test_from_empty_to_head_they_make_the_tables_of_the_code(empty_engine_url: str) -> None:
    migrate(empty_engine_url)
    engine = sa.create_engine(empty_engine_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata_with_all_tables()) == []
    engine.dispose()
    migrate(empty_engine_url)  # again: nothing happens


@pytest.mark.parametrize(("pressed", "migrated"), [(1, True), (2, False)], ids=["once", "twice"])
def test_ctrl_c_waits_until_they_are_over_unless_somebody_insists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pressed: int, *, migrated: bool
) -> None:
    url, upgrade, before = f"sqlite:///{tmp_path / 'o.db'}", command.upgrade, signal.getsignal(signal.SIGINT)

    def disturbed(*args: Any) -> None:
        for _ in range(pressed):
            signal.raise_signal(signal.SIGINT)
        upgrade(*args)

    monkeypatch.setattr(command, "upgrade", disturbed)
    with pytest.raises(KeyboardInterrupt):
        bots.migrate.migrate(url)
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    assert (found == VERSIONS[-1].name[:4]) == migrated
    assert signal.getsignal(signal.SIGINT) == before


def test_they_run_on_a_connection_that_is_handed_in(empty_engine_url: str) -> None:
    engine = sa.create_engine(empty_engine_url, poolclass=sa.NullPool)
    config = alembic_config(empty_engine_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == VERSIONS[-1].name[:4]
    engine.dispose()


def test_the_head_file_names_the_only_head() -> None:
    heads = ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads()
    assert heads == [(ROOT / "migrations/HEAD").read_text().strip()]


@numbered
def test_a_migration_is_numbered_and_follows_the_one_before(number: int, file: Path) -> None:
    assigned = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+", file.stem)
    assert assigned["revision"] == f"{number:04d}"
    assert assigned["down_revision"] == (f"{number - 1:04d}" if number > 1 else None)


@numbered
def test_a_migration_says_pre_or_post_and_why_it_is_safe(number: int, file: Path) -> None:
    said = ast.get_docstring(ast.parse(file.read_text())) or ""
    when = re.findall(r"\*(pre|post)\*", said)
    assert len(when) == 1, "say *pre* or *post*, one of them"
    assert len(said.split(f"*{when[0]}*")[1].split()) >= 5, "and why it is safe with the previous release"


@numbered
def test_a_migration_knows_no_way_back_and_no_code_of_ours(number: int, file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert "downgrade" not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {"bots", "dialogs", "core"} & {name.partition(".")[0] for name in imported}
