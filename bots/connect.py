"""Which messengers this process is to serve, by its settings. Their adapters are named here and nowhere else; what they
import of an SDK waits until the pages are served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bots.config import Settings
from bots.messenger import Messenger, World
from bots.telegram import adapter as telegram
from bots.vk import adapter as vk
from core.region.store import put_channel


def messengers(world: World) -> Iterator[Messenger]:
    settings = world.settings
    for token, staff in ((settings.telegram_token, False), (settings.telegram_staff_token, True)):
        if token.get_secret_value():
            yield telegram.build(world, token.get_secret_value(), staff=staff)
    if settings.vk_token.get_secret_value():
        yield vk.build(world)


async def introduce(world: World, messenger: Messenger) -> None:
    """People are told by which link they find us there."""
    if messenger.link:
        await world.write(lambda tx: put_channel(tx, messenger.name, messenger.link))


def known_channels(settings: Settings, before: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Where people find us, as far as that is known at the start: of a messenger since it has let us in before."""
    served = {"telegram": settings.telegram_token, "vk": settings.vk_token}
    return tuple((name, link) for name, link in before if name in served and served[name].get_secret_value())
