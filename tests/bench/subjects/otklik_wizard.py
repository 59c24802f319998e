"""Our wizard: accepted in batches as polling brings them, heard, recorded, and answered; every hop is committed."""

from __future__ import annotations

from pathlib import Path

from tests.bench.child import Order, say
from tests.bench.product import quietly, running
from tests.bench.wizard import measured


async def main(order: Order) -> None:
    quietly()
    async with running(order["url"], Path(order["folder"])) as subject:
        say(await measured(subject, order["people"]))
