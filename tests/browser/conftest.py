"""One product and one Chromium for all tests of a worker: to start them costs more than most tests do. Everybody who
opens the chat in a browser context of their own is somebody new."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.product import Product
from tests.chromium import chromium

HERE = Path(__file__).parent

expect.set_options(timeout=15_000)  # a busy machine is no bug


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def browser(shared_browser: Browser) -> AsyncIterator[Browser]:
    """Nothing leaks from one test to another: what it has opened is closed."""
    yield shared_browser
    for context in shared_browser.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser_context(browser: Browser) -> BrowserContext:
    return await browser.new_context(locale="ru-RU", timezone_id="Europe/Moscow")


@pytest.fixture(scope="session")
def shared_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("product"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def product(shared_product: Product) -> Iterator[Product]:
    """A test during which it logs an error fails."""
    before = len(shared_product.log)
    yield shared_product
    assert not shared_product.problems(before)


@pytest.fixture
def own_product(tmp_path: Path) -> Iterator[Product]:
    """For a test that kills it."""
    running = Product(tmp_path)
    running.start()
    yield running
    running.stop()
    assert not running.problems()
