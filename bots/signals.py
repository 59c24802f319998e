"""Who wants to know that something has happened. A signal only saves time: everybody looks again after a while anyway.

Names: "inbox", "outbox", "web:<conversation>" for the live streams of a web chat, "new:<peer>" for its first message.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Signals:
    """Inside of one process and one event loop. `sure`: whatever the product does is heard here, so that looking again
    can wait; what is done from the command line is never heard."""

    def __init__(self, *, sure: bool = False) -> None:
        self.sure = sure
        self._listening: dict[str, set[asyncio.Event]] = defaultdict(set)

    def ring(self, name: str) -> None:
        """A name that ends with a star rings all that begin so."""
        names = [name] if not name.endswith("*") else [one for one in self._listening if one.startswith(name[:-1])]
        for event in [event for one in names for event in self._listening.get(one, ())]:
            event.set()

    @contextmanager
    def listen(self, name: str) -> Iterator[asyncio.Event]:
        """The event is set when the name is rung; whoever waits clears it before looking."""
        event = asyncio.Event()
        self._listening[name].add(event)
        try:
            yield event
        finally:
            self._listening[name].discard(event)
            if not self._listening[name]:
                del self._listening[name]


async def rung(event: asyncio.Event, seconds: float) -> None:
    """Returns when the event is set, or after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
