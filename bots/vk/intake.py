"""Reads VK's events, whichever way they come, has them stored, and is polite only then."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from bots.intake import Accepting, Told
from bots.messenger import World, citizen
from bots.vk.courtesies import Courtesies
from bots.vk.receive import NAME, Crowd, Received, Said, parse
from core.outbox import tokens


class Intake:
    def __init__(self, world: World, group_id: int, courtesies: Courtesies) -> None:
        self.world, self.group_id, self._courtesies = world, group_id, courtesies
        self._accepting = Accepting(world, citizen)

    async def take(self, events: Sequence[object], place: str = "") -> None:
        """When it returns, all of it is ours, and `place` is kept as the one up to which it is. Raises Unstored."""
        await self.store([one for event in events if (one := parse(event, self.group_id)) is not None], place)

    async def store(self, received: Sequence[Received], place: str = "") -> None:
        """In order, and the place in one transaction with what came before it. Raises Unstored."""
        told = [it for one in received if (it := _told(one)) is not None]

        def put_place(tx: Connection) -> None:
            tokens.put_place(tx, NAME, str(self.group_id), place)

        if told or place:
            await self._accepting.take(told, put_place if place else None)
        for one in received:
            if isinstance(one, Said) and one.ack is not None:
                self._courtesies.acknowledge(one.ack)
            elif isinstance(one, Crowd):
                self._courtesies.decline(one, self.group_id)


def _told(one: Received) -> Told | None:
    if isinstance(one, Said):
        return one.update
    return None if isinstance(one, Crowd) else one
