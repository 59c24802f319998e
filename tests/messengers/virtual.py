"""Hours of waiting in a moment: an event loop whose clock jumps to the next thing that is to happen."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += max(0.0, timeout or 0.0)
        return super().select(0)


class _Virtual(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def virtually(story: Callable[[Callable[[], float]], Coroutine[Any, Any, T]]) -> T:
    """`story` is told with the clock."""
    with asyncio.Runner(loop_factory=_Virtual) as runner:
        return runner.run(story(runner.get_loop().time))
