"""The chat on the site keeps what every messenger keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes.people import Bubble, Key
from tests.messengers.bench import Bench
from tests.messengers.conftest import product
from tests.messengers.talk import TalkContract


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    async with product(tmp_path_factory, "web") as there:
        yield there


class TestTheWebChat(TalkContract):
    async def late(self, phone: Any, pressed: Key, bubble: Bubble) -> None:
        await phone.person.press(pressed.data)
        await phone.look()
