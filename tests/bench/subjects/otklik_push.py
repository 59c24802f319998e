"""Our pushes: changes of status that wait in the outbox are claimed, put into words after a fresh look at what the
person may see, sent over HTTP and settled."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.deliver import Deliver
from bots.messenger import World
from bots.served import Served
from bots.telegram.adapter import Telegram
from core import app
from core.actors import Citizen
from core.appeals.types import TakeAppeal
from core.citizens.service import new_citizen
from core.citizens.types import FILING, GiveConsent
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.outbox.types import Lane
from tests.bench.child import Order, say
from tests.bench.meter import Meter
from tests.bench.product import TABLES, TOKEN, a_world, count, quietly
from tests.builders import Chat, a_filed, demo_region, the_official

WARM_UP = 50
AT_ONCE = 50
"""Of them a transaction; and as many requests on their way."""


async def main(order: Order) -> None:
    quietly()
    async with a_world(order["url"], Path(order["folder"]), telegram_api_url=order["sink"]) as world:
        telegram = Telegram(world, TOKEN, staff=False)
        served = Served(telegram.name, telegram.transport, lambda: (Lane.PUSH,), telegram.account, AT_ONCE)
        deliver = Deliver(world.db, world.houses, served, world.signals, world.clock, "bench")
        meter = Meter()
        await sent(deliver, world, WARM_UP, Meter())
        await sent(deliver, world, order["pushes"], meter)
        await telegram.close()
        say(meter.result(order["pushes"]))


async def sent(deliver: Deliver, world: World, n: int, meter: Meter) -> None:
    for start in range(0, n, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, n))
        await world.write(partial(pushed, world=world, n=len(numbers)))
    with meter.running():
        while await deliver.start():
            pass
        await deliver.landed()
    left = await asyncio.to_thread(partial(count, world, "outbox", lane="push", state="ready"))
    if left:
        raise AssertionError(f"{left} pushes have not been sent")


def pushed(tx: Connection, world: World, n: int) -> None:
    for _ in range(n):
        _pushed(tx, world.clock())


def _pushed(tx: Connection, now: datetime) -> None:
    """Somebody in Telegram has filed something, and it is taken into work."""
    person = Person("citizen", new_citizen(tx, now))
    peer = str(person.id + 1000)
    there = conversations.meet(tx, Address("telegram", TOKEN.partition(":")[0], peer), person, "ru", now)
    given = GiveConsent(FILING, demo_region().consent_version)
    app.run(tx, Citizen(person.id), f"consent:{person.id}", given, now)
    number = a_filed(tx, Chat(there, person, ""), now)
    app.run(tx, the_official(tx, "petrov"), f"take:{number}", TakeAppeal(number), now)
    o = TABLES["outbox"].c
    tx.execute(sa.update(TABLES["outbox"]).where(o.conversation_id == there, o.lane == "push").values(not_before=now))
