"""One update that is computed without end ends the process; one that waits for its database does not."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from time import thread_time

import pytest

from bots import endless
from bots.endless import Endless


class Ended(BaseException):
    """Stands for the end of the process."""


def end() -> None:
    raise Ended


def found(work: Callable[[], None]) -> bool:
    """Whether the process would be ended, of which a thread does this between two looks."""
    watch, begun, seen, worked, over = Endless(most=0.05, end=end), *(threading.Event() for _ in range(4))

    def move() -> None:
        with watch.over(7):
            begun.set()
            seen.wait(10)
            work()
            worked.set()
            over.wait(10)

    thread = threading.Thread(target=move)
    thread.start()
    try:
        assert begun.wait(10)
        watch.look()
        seen.set()
        assert worked.wait(10)
        watch.look()
    except Ended:
        return True
    finally:
        over.set()
        thread.join()
    return False


def burn() -> None:
    until = thread_time() + 0.1
    while thread_time() < until:
        sum(range(100))


def swell() -> None:
    raise MemoryError


def test_what_takes_all_memory_ends_the_process() -> None:
    with pytest.raises(Ended), Endless(end=end).over(7):
        swell()


def test_what_was_taken_is_given_back_before_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or nothing could be said, for want of memory."""
    held, there = weakref.WeakSet[Taken](), list[int]()
    monkeypatch.setattr(endless, "log", Told(lambda: there.append(len(held))))

    def take() -> None:
        taken = Taken()
        held.add(taken)
        raise MemoryError

    with pytest.raises(Ended), Endless(end=end).over(7):
        take()
    assert there == [0]


class Taken:
    """A large thing."""


class Told:
    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told

    def critical(self, event: str, **facts: object) -> None:
        self._told()


def test_what_burns_is_found() -> None:
    assert found(burn)


def wait() -> None:
    threading.Event().wait(0.2)


def test_what_waits_is_not() -> None:
    assert not found(wait)


def test_each_move_counts_for_itself() -> None:
    watch = Endless(most=0.05, end=end)
    for _ in range(3):
        with watch.over(7):
            watch.look()
            sum(range(1_000_000))
    watch.look()
