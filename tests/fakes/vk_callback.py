"""The Callback API of one group: events go to the product by POST until it says `ok`. It knows no events' meaning."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.fakes.vk_world import World

PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Before each repetition, in seconds: minutes with the real one."""
SECOND = 0.02
"""How long a second of Retry-After lasts here."""
GIVES_UP_ON = frozenset({410})
OK = b"ok"
PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True)
class Delivery:
    event: Any
    attempt: int
    status: int  # 0: nobody answered
    body: bytes
    retry_after: float = 0

    @property
    def taken(self) -> bool:
        return self.status == 200 and self.body == OK


class Callback:
    """First attempts go in order, one after another, unless it was widened; what is repeated comes whenever its time
    has come."""

    def __init__(
        self, world: World, group_id: int, url: str, secret: str, confirmation: str, events: dict[str, int]
    ) -> None:
        self.id, self.title, self.status = 0, "", "unconfigured"
        self.group_id, self.url, self.secret, self.confirmation = group_id, url, secret, confirmation
        self.settings: dict[str, Any] = {"api_version": "5.199", "events": events}
        self.deliveries: list[Delivery] = []
        self.given_up: list[Any] = []
        self.stopped = False  # it was answered 410
        self._world = world
        self._queue: asyncio.Queue[tuple[Any, int]] = asyncio.Queue()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks = {asyncio.create_task(self._run())}

    def widen(self, side_by_side: int) -> None:
        """From now on so many go side by side, and may overtake each other on their way."""
        self._tasks |= {asyncio.create_task(self._run()) for _ in range(side_by_side - 1)}

    def arrive(self, event: Any) -> None:
        if self.stopped:
            return
        self._under_way += 1
        self._idle.clear()
        self._queue.put_nowait((event, 0))

    async def confirm(self) -> None:
        """What happens when «Подтвердить» is pressed in the settings of the group."""
        got = await self._post(
            {"type": "confirmation", "group_id": self.group_id, "event_id": secrets.token_hex(20), "v": "5.199"}, 0
        )
        self.status = "ok" if (got.status, got.body) == (200, self.confirmation.encode()) else "failed"
        assert self.status == "ok", f"answered {got.status} {got.body!r}, not {self.confirmation!r}"

    async def settled(self, seconds: float = 10) -> None:
        """Until every event was taken or given up."""
        async with asyncio.timeout(seconds):
            await self._idle.wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            event, attempt = await self._queue.get()
            delivery = await self._post(event, attempt)
            self.deliveries.append(delivery)
            self._next(delivery)
            if delivery.status == 503 and delivery.retry_after:
                await asyncio.sleep(delivery.retry_after * SECOND)

    def _next(self, delivery: Delivery) -> None:
        self.stopped = self.stopped or delivery.status in GIVES_UP_ON
        paused = delivery.status == 503 and delivery.retry_after
        if delivery.taken or self.stopped or (delivery.attempt >= len(PAUSES) and not paused):
            if not delivery.taken:
                self.given_up.append(delivery.event)
            self._done()
            return
        task = asyncio.create_task(self._again(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, delivery: Delivery) -> None:
        await asyncio.sleep(PAUSES[min(delivery.attempt, len(PAUSES) - 1)])
        self._queue.put_nowait((delivery.event, delivery.attempt + 1))

    def _done(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()

    async def _post(self, event: Any, attempt: int) -> Delivery:
        assert self._world.session is not None
        body = {"secret": self.secret} | event if self.secret and isinstance(event, dict) else event
        headers = {"Content-Type": "application/json"} | ({"X-Retry-Counter": str(attempt)} if attempt else {})
        data = json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self._world.session.post(
                self.url, data=data, headers=headers, timeout=PATIENCE, allow_redirects=False
            ) as answer:
                after = answer.headers.get("Retry-After", "0")
                return Delivery(event, attempt, answer.status, await answer.read(), float(after))
        except (aiohttp.ClientError, TimeoutError):
            return Delivery(event, attempt, 0, b"")
