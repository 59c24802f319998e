"""The nursery of lives, the demo region in a database that a life can be given, and what a trial takes: a seed, and a
place for its figures."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeGuard

import pytest

from core.db import Database
from tests.builders import fill
from tests.faults import figures as table
from tests.faults.lives import Nursery
from tests.faults.size import FULL

DRAWN = "OTKLIK_FAULTS_SEED"
LONGEST = ("04", "09", "16", "20", "22", "25", "27")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--seeds", type=int, default=1, help="how many seeds each trial is run with")
    group.addoption("--seed", type=int, default=None, help="the first of them; by lot if it is not given")
    group.addoption("--only", default="", help="numbers of faults, like 01,09")
    group.addoption("--figures", default="", help="a file for the table of figures")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """All processes of one run draw the same: the first draws, and the workers of xdist are told by the environment."""
    drawn = config.getoption("seed", None) or os.environ.get(DRAWN) or random.SystemRandom().randrange(1, 10**6)
    os.environ[DRAWN] = str(drawn)
    config.option.seed = int(drawn)
    config.option.seeds = config.getoption("seeds", 1)


def _seeds(config: pytest.Config) -> list[int]:
    return [config.option.seed + n for n in range(config.option.seeds)]


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: seeds {', '.join(map(str, _seeds(config)))}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", _seeds(metafunc.config))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every variant of a trial is run and every seed, but not each with each, unless the sizes are full; a comparison
    is made once. What takes longest begins first, so that nothing is waited for in the end."""
    items.sort(key=lambda item: _number(item.path) not in LONGEST)
    if FULL or config.option.seeds < 2:
        return
    kept, dropped = list[pytest.Item](), list[pytest.Item]()
    for trial in _by_function(items):
        seeds = sorted({_seed_of(item) for item in trial if _seed_of(item)})
        variants = sorted({_variant_of(item) for item in trial})
        rounds = 1 if trial[0].name.startswith("test_a_bare") else max(len(variants), len(seeds), 1)
        chosen = {(variants[n % len(variants)], seeds[n % len(seeds)] if seeds else 0) for n in range(rounds)}
        for item in trial:
            (kept if (_variant_of(item), _seed_of(item)) in chosen or not _seed_of(item) else dropped).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=dropped)


def _by_function(items: list[pytest.Item]) -> list[list[pytest.Item]]:
    found = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        found[item.nodeid.partition("[")[0]].append(item)
    return list(found.values())


def _seed_of(item: pytest.Item) -> int:
    seed = item.callspec.params.get("seed") if _has_params(item) else None
    return seed if isinstance(seed, int) else 0


def _variant_of(item: pytest.Item) -> str:
    """Its name without the seed: what it is made of may look otherwise in each process."""
    return str(item.callspec.id).replace(str(_seed_of(item)), "") if _has_params(item) else ""


def _has_params(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and hasattr(item, "callspec")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    only = config.getoption("only", "")
    if only and collection_path.name.startswith("trial_"):
        return _number(collection_path) not in only.split(",")
    return None


def _number(path: Path) -> str:
    """Of the fault; empty for what is no trial."""
    return path.name.split("_")[1] if path.name.startswith("trial_") else ""


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    cells = table.rows(report for reports in terminalreporter.stats.values() for report in reports)
    if not cells:
        return
    terminalreporter.section("what the faults have done")
    for line in table.as_text(cells):
        terminalreporter.line(line)
    if path := config.getoption("figures", ""):
        table.write(Path(path), cells, ", ".join(map(str, _seeds(config))))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> table.Figures:
    return table.keeper(request.node)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as nursery:
        yield nursery


@pytest.fixture
def region_url(engine_url: str) -> str:
    """A database with the demo region in it, which nobody serves yet."""
    return filled(engine_url)


@pytest.fixture
def sqlite_region(sqlite_url: str) -> str:
    return filled(sqlite_url)


@pytest.fixture
def postgres_region(postgres_url: str) -> str:
    return filled(postgres_url)


def filled(url: str) -> str:
    with closing(Database(url)) as db:
        db.write(fill).result()
    return url
