"""Whatever is reached by fake messengers: the citizens' bot, and the community."""

from __future__ import annotations

from tests.fakes.telegram import FakeBot, FakeTelegram
from tests.fakes.vk import TOKEN as VK_TOKEN
from tests.fakes.vk import FakeVK
from tests.fakes.vk_group import FakeGroup

BOT = "7000001:AAtest_token_of_the_citizens_bot_123"


class Reached:
    """To be mixed into what has them both, or one of them."""

    telegram: FakeTelegram | None
    vk: FakeVK | None

    @property
    def bot(self) -> FakeBot:
        assert self.telegram is not None
        return self.telegram.bots[BOT]

    @property
    def group(self) -> FakeGroup:
        assert self.vk is not None
        return self.vk.groups[VK_TOKEN]
