from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.product import Product


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    """A test that ends with an error in the product's log fails."""
    running = Product(tmp_path)
    await running.start()
    yield running
    await running.stop()
    assert not [line for line in running.log if "level=error" in line or "Traceback" in line]
