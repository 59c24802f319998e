"""Authorities stand above each other, officials have roles, and both are found as people look for them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.actors import Role
from core.authorities.entries import desk_official, issue_entry, revoke_official, spend_entry
from core.authorities.queries import authority_by_code, below, curator_at_or_above, find_official
from core.authorities.tables import authorities, officials
from core.authorities.types import AuthorityRow, FindAuthorities, ListTemplates, Template
from core.importer import Data, import_data
from tests.core.conftest import World


def codes_below(world: World, code: str) -> set[str]:
    a = authorities.c

    def read(conn: sa.Connection) -> set[str]:
        top = authority_by_code(conn, code)
        assert top is not None
        return set(conn.execute(sa.select(a.code).where(a.id.in_(below(top)))).scalars())

    return world.read(read)


@pytest.fixture
def deeper(world: World, data: Data) -> World:
    """krai > city > district > school, and roads beside the city."""
    city = data.authorities[-1]
    more = [
        city.model_copy(update={"code": "district", "parent": "city"}),
        city.model_copy(update={"code": "school", "parent": "district", "name": {"ru": "Школа № 3, Заречный"}}),
    ]
    whole = data.model_copy(update={"authorities": (*data.authorities, *more)})
    world.write(lambda tx: import_data(tx, whole))
    return world


def test_below_is_all_that_is_below_and_the_authority_itself(deeper: World) -> None:
    assert codes_below(deeper, "krai") == {"krai", "roads", "city", "district", "school"}
    assert codes_below(deeper, "city") == {"city", "district", "school"}
    assert codes_below(deeper, "school") == {"school"}


def test_a_circle_of_authorities_has_an_end(world: World) -> None:
    top = sa.select(authorities.c.id).where(authorities.c.code == "city").scalar_subquery()
    world.write(lambda tx: tx.execute(sa.update(authorities).where(authorities.c.code == "krai").values(parent_id=top)))
    assert codes_below(world, "city") == {"krai", "roads", "city"}
    city = world.an_official("petrov").authority_id
    assert world.read(lambda conn: curator_at_or_above(conn, city)) == world.an_official("sokolova").authority_id


def test_the_curator_is_the_nearest_at_work(deeper: World) -> None:
    def curated(code: str) -> str | None:
        def read(conn: sa.Connection) -> str | None:
            start = authority_by_code(conn, code)
            assert start is not None
            found = curator_at_or_above(conn, start)
            name = sa.select(authorities.c.code).where(authorities.c.id == found)
            return conn.execute(name).scalar()

        return deeper.read(read)

    assert [curated(code) for code in ("school", "roads", "krai")] == ["krai"] * 3
    o = officials.c
    deeper.write(lambda tx: tx.execute(sa.update(officials).where(o.code == "petrov").values(role=Role.CURATOR)))
    assert [curated(code) for code in ("school", "roads", "city")] == ["city", "krai", "city"]
    for code in ("petrov", "sokolova"):
        gone = deeper.an_official(code).id
        deeper.write(lambda tx, gone=gone: revoke_official(tx, gone, deeper.now))  # type: ignore[misc]
    assert curated("school") is None


def test_an_official_carries_the_role_wherever_they_are_met(world: World) -> None:
    roles = {code: world.an_official(code).role for code in ("sokolova", "orlova", "belov")}
    assert roles == {"sokolova": Role.CURATOR, "orlova": Role.COORDINATOR, "belov": Role.EXECUTOR}
    orlova = world.an_official("orlova")
    assert world.read(lambda conn: find_official(conn, orlova.id)) == orlova
    desk = world.write(lambda tx: spend_entry(tx, issue_entry(tx, orlova.id, world.now), world.now))
    found = world.read(lambda conn: desk_official(conn, desk, world.now))
    assert found is not None
    assert found[1] == orlova


def test_authorities_are_found_by_parts_of_their_names_in_any_language(world: World) -> None:
    petrov = world.an_official("petrov")

    def found(words: str, start: int = 0, count: int = 50) -> list[str]:
        rows: tuple[AuthorityRow, ...] = world.ask(petrov, FindAuthorities(words, start, count))
        return [row.code for row in rows]

    assert found("") == ["krai", "roads"]  # the own one is left out
    for words in ("ТРАНСПОРТА", "края минист", "transport ministry", "зарёчного трансп"):
        assert found(words) == ["roads"]
    for words in ("городa", "transport края", "%", "_", "\\", "'"):
        assert found(words) == []
    assert [found("", 0, 1), found("", 1, 1), found("", 10**12, 10**12), found("", -5, -5)] == [
        ["krai", "roads"],
        ["roads"],
        [],
        ["krai"],
    ]


def test_templates_come_in_their_order_and_go_when_they_are_taken_out(world: World, data: Data) -> None:
    kim = world.an_official("kim")
    shown: tuple[Template, ...] = world.ask(kim, ListTemplates())
    assert [one.code for one in shown] == [one.code for one in data.templates]
    assert all({"ru", "en"} <= set(one.text) for one in shown)
    last = data.templates[-1].model_copy(update={"name": {"ru": "Иначе"}})
    fewer = data.model_copy(update={"templates": (last, data.templates[0])})
    world.write(lambda tx: import_data(tx, fewer))
    left = world.ask(kim, ListTemplates())
    assert [(one.code, one.name["ru"]) for one in left] == [
        (last.code, "Иначе"),
        ("done", data.templates[0].name["ru"]),
    ]
