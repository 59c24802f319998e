"""How fast a bot may write: sliding windows over all it sends, over each chat, and over each group."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.telegram_params import Refused


@dataclass(frozen=True)
class Window:
    most: int
    seconds: float


OVERALL, CHAT, GROUP = Window(30, 1), Window(5, 3), Window(20, 60)


@dataclass
class Rates:
    on: bool = True
    clock: Callable[[], float] = time.monotonic
    shut_until: float = 0.0  # whatever the windows say, as after a flood that we know nothing of
    _sent: dict[tuple[Window, int], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, chat_id: int, messages: int = 1) -> None:
        """These messages go there now, or «too many»."""
        if (left := self.shut_until - self.clock()) > 0:
            raise too_many(math.ceil(left))
        if not self.on:
            return
        windows = [(OVERALL, 0), (CHAT, chat_id), *([(GROUP, chat_id)] if chat_id < 0 else [])]
        now = self.clock()
        if (wait := max(self._wait(window, chat, now, messages) for window, chat in windows)) > 0:
            raise too_many(math.ceil(wait))
        for window in windows:
            self._sent[window].extend([now] * messages)

    def _wait(self, window: Window, chat: int, now: float, messages: int) -> float:
        sent = self._sent[window, chat]
        while sent and sent[0] <= now - window.seconds:
            sent.popleft()
        over = len(sent) + min(messages, window.most) - window.most
        return sent[over - 1] + window.seconds - now if over > 0 else 0


def too_many(seconds: int) -> Refused:
    return Refused(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds)
