"""Every column says what becomes of it when a person asks to be forgotten."""

from __future__ import annotations

import importlib
import pkgutil

import core
from core.db import metadata


def test_every_column_says_whether_it_is_personal() -> None:
    for found in pkgutil.walk_packages(core.__path__, "core."):
        importlib.import_module(found.name)
    silent = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info.get("personal") not in {"no", "erase", "pseudonymise", "keep"}
    ]
    assert silent == []
