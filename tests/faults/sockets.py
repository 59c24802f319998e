"""A port at which somebody listens who does not do what a server does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

QUEUE = 4
"""More connections than a queue of none takes."""


@contextmanager
def deaf(port: int) -> Iterator[None]:
    """Nobody is let in and nobody is refused: whoever connects waits for ever."""
    with ExitStack() as open_ones:
        server = open_ones.enter_context(_bound(port))
        server.listen(0)
        for _ in range(QUEUE):
            caller = open_ones.enter_context(socket.socket())
            caller.setblocking(False)  # noqa: FBT003 - as it is called there
            caller.connect_ex(("127.0.0.1", port))
        yield


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
