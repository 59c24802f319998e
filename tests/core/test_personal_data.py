"""Every table says whose rows it holds, every column what becomes of it; and the one eraser goes by nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

import bots
import core
from core.personal.erasure import erase
from core.personal.registry import owned_tables, rows_of
from tests.core.conftest import NOON, World
from tests.core.personal import DEGREE, METADATA, STREET, Filled, everything, fill

PEOPLE = {"citizens", "conversations"}


def columns(kind: str, *, vanish: bool) -> Iterator[sa.Column[object]]:
    for table in owned_tables(METADATA):
        if table.info["vanish"] is vanish:
            yield from (column for column in table.columns if column.info["personal"] == kind)


def test_no_table_is_missing_from_the_list_of_tables() -> None:
    listed = set(METADATA.tables)
    for package in (core, bots):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    assert set(METADATA.tables) == listed


def test_every_column_says_whether_it_is_personal() -> None:
    silent = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.info.get("personal") not in {"no", "erase", "pseudonymise", "keep"}
    ]
    assert silent == []


def test_every_table_says_whose_rows_it_holds() -> None:
    assert [table.name for table in METADATA.sorted_tables if "owners" not in table.info] == []
    for table in METADATA.sorted_tables:
        for names, by in table.info["owners"]:
            assert set(names) <= set(table.c.keys())
            assert not by or METADATA.tables[by].info["owners"], f"{table.name} leads to a table that is nobody's"


def test_a_table_that_leads_to_a_citizen_is_not_said_to_be_nobodys() -> None:
    theirs = PEOPLE | {table.name for table in owned_tables(METADATA)}
    for table in METADATA.sorted_tables:
        if not table.info["owners"]:
            leads = {key.column.table.name for key in table.foreign_keys}
            assert not leads & theirs, table.name
            assert not [c.name for c in table.columns if c.info["personal"] in {"erase", "pseudonymise"}], table.name


@pytest.fixture
def two(world: World) -> tuple[Filled, Filled]:
    return world.write(lambda tx: (fill(tx, 41), fill(tx, 77)))


def test_of_somebody_who_is_forgotten_nothing_is_left_but_what_the_law_keeps(
    world: World, two: tuple[Filled, Filled]
) -> None:
    gone, other = two
    whole = world.read(everything)
    for person in two:
        assert [name for name, canary in person.canaries.items() if canary not in whole] == []
    owned = list(owned_tables(METADATA))
    before = world.read(lambda conn: {table.name: rows_of(conn, table, other.id) for table in owned})
    assert all(len(rows) == 1 for rows in before.values())
    blobs = world.write(lambda tx: erase(tx, gone.id, NOON))
    assert blobs == (gone.rows["files"]["sha256"],)

    whole = world.read(everything)
    after = world.read(lambda conn: {table.name: rows_of(conn, table, gone.id) for table in owned})
    for column in (*columns("erase", vanish=False), *columns("erase", vanish=True)):
        assert gone.canaries[column.table.name, column.name] not in whole, column
    for column in columns("pseudonymise", vanish=False):
        canary = gone.canaries.get((column.table.name, column.name))
        assert canary is None or canary not in whole, column
    for column in columns("keep", vanish=False):
        name = column.table.name
        if column.name != "erased_at":
            assert after[name][0][column.name] == gone.rows[name][column.name], column
    assert [table.name for table in owned if table.info["vanish"] and after[table.name]] == []
    assert world.read(lambda conn: {table.name: rows_of(conn, table, other.id) for table in owned}) == before


def test_what_is_pseudonymised_still_says_what_it_was_about(world: World, two: tuple[Filled, Filled]) -> None:
    gone, _ = two
    world.write(lambda tx: erase(tx, gone.id, NOON))
    [appeal] = world.read(lambda conn: rows_of(conn, METADATA.tables["appeals"], gone.id))
    assert (appeal["text"], appeal["address"]) == ("Please call […].", STREET)
    assert (appeal["lat"], appeal["lon"]) == (DEGREE, DEGREE)
    assert appeal["code"], "an empty code might open it"


def test_forgetting_twice_forgets_what_has_come_in_between_and_nothing_else(
    world: World, two: tuple[Filled, Filled]
) -> None:
    gone, other = two
    inbox = METADATA.tables["inbox"]
    world.write(lambda tx: erase(tx, gone.id, NOON))
    late = {**gone.rows["inbox"], "key": "late"}
    world.write(lambda tx: tx.execute(inbox.insert().values(late)))
    assert world.write(lambda tx: erase(tx, gone.id, NOON + timedelta(minutes=1))) == ()
    assert world.read(lambda conn: rows_of(conn, inbox, gone.id)) == []
    [citizen] = world.read(lambda conn: rows_of(conn, METADATA.tables["citizens"], gone.id))
    assert citizen["erased_at"] == NOON, "when it was done first"
    assert world.read(lambda conn: len(rows_of(conn, inbox, other.id))) == 1
