"""region.yaml and data.yaml: the demo's are right, and a wrong one is told in one sentence that names the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.appeals.tables import appeals
from core.appeals.types import Pile, ShowQueue, Status
from core.authorities.tables import authorities, officials
from core.db import Database, metadata
from core.demo import load_demo
from core.importer import Data, import_data, is_empty, load_data
from core.region.file import WrongFile, load_region
from core.region.store import read_region, save_region
from core.region.types import Region
from core.routing.rules import Rule, is_complete, resolve
from core.routing.tables import routes
from core.rubricator.types import SuggestCategories, Suggestion
from core.territories.types import ListTerritories
from tests.core.conftest import DEMO, NOON, World


def changed(tmp_path: Path, name: str, change: Callable[[Any], Any]) -> Path:
    content = yaml.safe_load((DEMO / name).read_text(encoding="utf-8"))
    path = tmp_path / name
    path.write_text(yaml.safe_dump(change(content) or content, allow_unicode=True), encoding="utf-8")
    return path


def sentence(load: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(WrongFile) as caught:
        load(path)
    told = str(caught.value)
    assert "\n" not in told
    return told


def test_the_demo_region_says_everything(region: Region) -> None:
    assert [emergency.number for emergency in region.emergency] == ["112", "101", "102", "103", "104"]
    assert region.policy_url.startswith("https://example.")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda r: r.pop("operator"), "operator"),
        (lambda r: r.update(zone="Mars/Olympus"), "zone: «Mars/Olympus» is not a time zone"),
        (lambda r: r.update(zone="../../etc/passwd"), "zone"),
        (lambda r: r.update(policy_url="http://example.gov.ru"), "policy_url"),
        (lambda r: r.update(quiet_from=24), "quiet_from"),
        (lambda r: r.update(rating_days="soon"), "rating_days"),
        (lambda r: r.update(name={"en": "Region"}), "name: needs at least the Russian words"),
        (lambda r: r.update(emergency=[]), "emergency"),
        (lambda r: r["emergency"][1].update(number="help"), "emergency.1.number"),
        (lambda r: r.update(days_off=["tomorrow"]), "days_off.0"),
        (lambda r: r.update(colour="red"), "colour"),
        (lambda r: ["a", "list"], "the whole file"),
    ],
)
def test_a_wrong_region_is_told_in_one_sentence(tmp_path: Path, change: Callable[[Any], Any], field: str) -> None:
    def only_lists(content: Any) -> Any:
        value = change(content)
        return value if isinstance(value, list) else None

    assert field in sentence(load_region, changed(tmp_path, "region.yaml", only_lists))


@pytest.mark.parametrize("content", [b"name: [", b"\xff\xfe\x00", b""])
def test_what_is_no_region_at_all_is_told_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "region.yaml"
    path.write_bytes(content)
    assert str(path) in sentence(load_region, path)
    assert "cannot be read" in sentence(load_region, tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d["routes"].pop(), "routes: the last one"),
        (lambda d: d.update(routes=[]), "routes"),
        (lambda d: d["routes"][0].update(category="magic"), "routes.0.category: «magic»"),
        (lambda d: d["routes"][0].update(territory="11111111"), "routes.0.territory"),
        (lambda d: d["routes"][0].update(authority="nobody"), "routes.0.authority"),
        (lambda d: d["officials"][0].update(authority="nobody"), "officials.0.authority"),
        (lambda d: d["officials"][0].update(lang="xx"), "officials.0.lang"),
        (lambda d: d["authorities"][0].update(parent="city"), "authorities.0.parent"),
        (lambda d: d["categories"][0].update(parent="roads"), "categories.0.parent"),
        (lambda d: d["categories"][0].update(sla_basis="lunar"), "categories.0.sla_basis"),
        (lambda d: d["categories"].append(d["categories"][0]), "categories: the code «roads» stands there twice"),
        (lambda d: d["territories"][0].update(code="12"), "territories.0.code"),
    ],
)
def test_wrong_data_is_told_in_one_sentence(tmp_path: Path, change: Callable[[Any], Any], field: str) -> None:
    assert field in sentence(load_data, changed(tmp_path, "data.yaml", lambda content: change(content) and None))


def contents(world: World) -> dict[str, list[Any]]:
    def read(conn: sa.Connection) -> dict[str, list[Any]]:
        names = ("territories", "authorities", "officials", "categories", "routes")
        return {name: sorted(map(str, conn.execute(sa.select(metadata.tables[name])))) for name in names}

    return world.read(read)


def test_importing_twice_changes_nothing(world: World, data: Data) -> None:
    before = contents(world)
    world.write(lambda tx: import_data(tx, data))
    assert contents(world) == before


def test_importing_changed_data_changes_it_and_revokes_nobody(world: World, data: Data) -> None:
    world.write(lambda tx: tx.execute(officials.update().where(officials.c.code == "kim").values(revoked_at=NOON)))
    renamed = data.authorities[0].model_copy(update={"name": {"ru": "Новое имя"}})
    new = data.model_copy(update={"authorities": (renamed, *data.authorities[1:]), "routes": data.routes[-1:]})
    world.write(lambda tx: import_data(tx, new))

    def look(conn: sa.Connection) -> tuple[Any, ...]:
        name = conn.execute(sa.select(authorities.c.name).where(authorities.c.code == "krai")).scalar_one()
        revoked = conn.execute(sa.select(officials.c.revoked_at).where(officials.c.code == "kim")).scalar_one()
        return name, revoked, conn.execute(sa.select(sa.func.count()).select_from(routes)).scalar_one()

    assert world.read(look) == ({"ru": "Новое имя"}, NOON, 1)


def test_the_demo_fills_an_empty_database_once(core_db: Database, region: Region) -> None:
    world = World(core_db, region.consent_version)
    world.write(lambda tx: save_region(tx, region))
    assert world.read(is_empty)
    assert world.write(lambda tx: load_demo(tx, DEMO, NOON)) is True
    assert world.write(lambda tx: load_demo(tx, DEMO, NOON)) is False
    rows = world.read(lambda conn: conn.execute(sa.select(appeals.c.status, appeals.c.filed_at)).all())
    assert {row.status for row in rows} == set(Status) - {Status.REOPENED, Status.CLOSED, Status.WITHDRAWN}
    assert all(NOON - timedelta(days=31) < row.filed_at < NOON for row in rows)
    queue = world.ask(world.an_official("sokolova"), ShowQueue(Pile.OVERDUE, 0, 7))
    assert [row.authority["en"] for row in queue.rows] == ["Ministry of Transport of Zarechny Krai"]
    assert world.ask(world.an_official("petrov"), ShowQueue(Pile.NEW, 0, 7)).rows


def test_the_region_is_saved_again_at_every_start(world: World, region: Region) -> None:
    world.write(lambda tx: save_region(tx, region))
    assert world.read(read_region) == region


def test_lists_come_in_the_order_of_the_file(world: World, data: Data) -> None:
    citizen = world.a_citizen()
    assert [row.code for row in world.ask(citizen, ListTerritories())] == [row.code for row in data.territories]
    suggestion: Suggestion = world.ask(citizen, SuggestCategories("яма на дороге"))
    assert [row.code for row in suggestion.all] == [row.code for row in data.categories]
    assert suggestion.likely[0] == suggestion.all[0]


CODES = st.sampled_from(("a", "b", "c"))
RULES = st.lists(st.builds(Rule, st.none() | CODES, st.none() | CODES, st.integers(1, 9)), max_size=8)


@given(RULES, st.integers(1, 9), CODES, CODES)
def test_the_first_rule_that_fits_wins(rules: list[Rule], last: int, category: str, territory: str) -> None:
    complete = [*rules, Rule(None, None, last)]
    assert is_complete(complete)
    found = resolve(complete, category, territory)
    fits = [r for r in complete if r.category in (None, category) and r.territory in (None, territory)]
    assert found == fits[0].authority_id
