"""The contracts of pyproject.toml hold, and they notice a broken one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.tree import CODE, ROOT

BREACHES = {
    "core/talk.py": "import dialogs.engine",
    "core/text.py": "import core.db",
    "core/clock.py": "import aiohttp",
    "core/errors.py": "import asyncio",
    "core/appeals/types.py": "import core.app",
    "core/drawer.py": "",
    "dialogs/engine.py": "import core.db",
    "dialogs/session.py": "import core.appeals.service",
    "dialogs/steps.py": "import random",
    "dialogs/reads.py": "import dialogs.shell",
    "dialogs/views.py": "import sqlalchemy",
    "dialogs/citizen/menu.py": "import dialogs.citizen.appeal",
    "bots/telegram/send.py": "import bots.web.pages",
    "bots/front.py": "import aiogram",
    "bots/web/stream.py": "import vkbottle",
}
TARGETS = (
    "core/app.py",
    "core/appeals/service.py",
    "core/db.py",
    "dialogs/shell.py",
    "dialogs/citizen/appeal.py",
    "bots/web/pages.py",
)


def broken_contracts(root: Path) -> tuple[int, str]:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_layers_hold() -> None:
    code, output = broken_contracts(ROOT)
    assert code == 0, output


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_noticed(name: str, tmp_path: Path) -> None:
    """In a skeleton of the project, where nothing but this one import is wrong."""
    for folder in CODE:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=_all_but_packages)
    for file in (*BREACHES, *TARGETS):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        if file != "core/drawer.py":
            path.touch()
    assert broken_contracts(tmp_path)[0] == 0
    (tmp_path / name).write_text(BREACHES[name])
    code, output = broken_contracts(tmp_path)
    assert code == 1, output
    assert "1 broken" in output, output


def _all_but_packages(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if Path(folder, name).is_file()}
