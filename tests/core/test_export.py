"""The archive holds all that is known of a person, and nothing of anybody else."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

from core.actors import Citizen
from core.appeals.tables import appeal_history, appeal_remarks, appeals
from core.appeals.types import AddNote, AddToAppeal, OpenByCode
from core.files.store import add_file
from core.files.tables import files
from core.files.types import Kind, State
from core.lines import Line
from core.personal import export
from core.personal.export import TITLES, gather, pack
from core.personal.registry import owned_tables
from tests.core.cast import on_sqlite
from tests.core.conftest import NOON, World
from tests.core.personal import METADATA, Filled, fill

BLOBS = {"a" * 64: b"a photo", "b" * 64: b"a document"}


def said(words: Line) -> str:
    return words.msgid or str(words.args["*"])


def read(name: str) -> bytes:
    if name not in BLOBS:
        raise FileNotFoundError(name)
    return BLOBS[name]


def archive(world: World, citizen_id: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The rows by title, and the files by path."""
    gathered = world.read(lambda conn: gather(conn, citizen_id))
    with zipfile.ZipFile(BytesIO(pack(gathered, said, read, NOON))) as bag:
        assert bag.testzip() is None
        contents = {name: bag.read(name) for name in bag.namelist()}
    return json.loads(contents.pop("data.json")), contents


def title(table: sa.Table) -> str:
    return said(TITLES[table.name])


def test_every_word_that_is_known_of_a_person_is_in_it_and_none_of_another(world: World) -> None:
    mine, other = world.write(lambda tx: (fill(tx, 41), fill(tx, 77)))
    told = str(archive(world, mine.id)[0])
    withheld = {"live", "sha256", "raw", "source", "handle"}
    for (table, column), canary in mine.canaries.items():
        personal = METADATA.tables[table].c[column].info["personal"] != "no"
        if personal and column not in withheld and table != "web_tickets":
            assert canary in told, f"{table}.{column}"
    assert not [name for name, canary in other.canaries.items() if canary in told and not _same(mine, name, canary)]


def _same(mine: Filled, name: tuple[str, str], canary: str) -> bool:
    return mine.canaries[name] == canary


@on_sqlite
def test_what_only_the_machinery_needs_is_not_in_it(world: World) -> None:
    mine = world.write(lambda tx: fill(tx, 41))
    told = str(archive(world, mine.id)[0])
    for table in owned_tables(METADATA):
        for name in {"key", "lease_owner", "ticket_hash", "raw", "source", "problem", "words"} & set(table.c.keys()):
            assert mine.canaries.get((table.name, name), "?") not in told, f"{table.name}.{name}"


def test_every_table_that_is_in_it_has_a_name_for_people() -> None:
    owned = {table.name for table in owned_tables(METADATA)} - export._BOOKKEEPING
    assert owned == set(TITLES)


@on_sqlite
def test_notes_of_officials_and_words_of_others_are_not_in_it(world: World) -> None:
    author, holder, petrov = world.a_citizen(), world.a_citizen(), world.an_official("petrov")
    number = world.a_taken(author, petrov)
    code = world.read(lambda conn: conn.execute(sa.select(appeals.c.code)).scalar_one())
    world.run(holder, OpenByCode(number, code))
    world.run(petrov, AddNote(number, "A note among ourselves."))
    world.run(author, AddToAppeal(number, "It is near the school."))
    world.run(holder, AddToAppeal(number, "I live next door."))
    mine, theirs = archive(world, author.id)[0], archive(world, holder.id)[0]
    assert [row["text"] for row in mine[title(appeal_remarks)]] == ["It is near the school."]
    assert [row["text"] for row in theirs[title(appeal_remarks)]] == ["I live next door."]
    assert title(appeals) not in theirs
    assert [row["to_status"] for row in mine[title(appeal_history)]] == ["registered", "in_work"]
    assert mine[title(appeals)][0]["code"] == code, "their own"


@pytest.fixture
def citizen(world: World) -> Citizen:
    return world.a_citizen()


def keep(world: World, citizen: Citizen, sha256: str, **more: Any) -> None:
    world.write(lambda tx: add_file(tx, citizen.id, sha256, "image/jpeg", len(BLOBS.get(sha256, b"")), NOON, **more))


@on_sqlite
def test_files_are_in_it_under_safe_names(world: World, citizen: Citizen) -> None:
    keep(world, citizen, "a" * 64)
    keep(world, citizen, "b" * 64, kind=Kind.DOCUMENT, name="../../etc/<договор>\n1.pdf")
    keep(world, world.a_citizen(), "a" * 64, name="of another.jpg")
    told, contents = archive(world, citizen.id)
    assert sorted(contents.values()) == [b"a document", b"a photo"]
    assert sorted(row["path"] for row in told[title(files)]) == sorted(contents)
    assert all(name.startswith("files/") and name.count("/") == 1 and ".." not in name[:12] for name in contents)
    assert any("договор" in name and name.endswith("1.pdf") for name in contents)
    assert "sha256" not in told[title(files)][0]


@on_sqlite
def test_a_file_that_is_missing_or_has_not_come_yet_does_not_spoil_it(world: World, citizen: Citizen) -> None:
    keep(world, citizen, "a" * 64)
    keep(world, citizen, "c" * 64)
    world.write(lambda tx: tx.execute(files.update().where(files.c.sha256 == "c" * 64).values(state=State.WAITING)))
    keep(world, citizen, "d" * 64)
    told, contents = archive(world, citizen.id)
    assert list(contents.values()) == [b"a photo"]
    assert sorted(row["path"] != "" for row in told[title(files)]) == [False, False, True]


@on_sqlite
def test_files_that_do_not_fit_are_named_and_left_out(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "FILES_MOST", 8)
    keep(world, citizen, "b" * 64)
    keep(world, citizen, "a" * 64)
    told, contents = archive(world, citizen.id)
    assert list(contents.values()) == [b"a photo"]
    assert len(told[title(files)]) == 2


@on_sqlite
def test_an_archive_made_before_is_not_in_the_next_one(world: World, citizen: Citizen) -> None:
    keep(world, citizen, "a" * 64, kind=Kind.EXPORT, name="otklik.zip")
    assert archive(world, citizen.id)[1] == {}


@on_sqlite
def test_of_somebody_who_has_said_nothing_it_says_so_little(world: World) -> None:
    told, contents = archive(world, world.a_citizen(consent=False).id)
    assert contents == {}
    assert set(told) == {"", "at", "You"}
