"""One update that is computed without end ends the process; one that waits for its database does not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import thread_time

from bots.endless import Endless


class Ended(BaseException):
    """Stands for the end of the process."""


def end() -> None:
    raise Ended


def found(work: Callable[[], None]) -> bool:
    """Whether the process would be ended, of which a thread does this between two looks."""
    endless, begun, seen, worked, over = Endless(most=0.05, end=end), *(threading.Event() for _ in range(4))

    def move() -> None:
        with endless.over(7):
            begun.set()
            seen.wait(10)
            work()
            worked.set()
            over.wait(10)

    thread = threading.Thread(target=move)
    thread.start()
    try:
        assert begun.wait(10)
        endless.look()
        seen.set()
        assert worked.wait(10)
        endless.look()
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


def test_what_burns_is_found() -> None:
    assert found(burn)


def wait() -> None:
    threading.Event().wait(0.2)


def test_what_waits_is_not() -> None:
    assert not found(wait)


def test_each_move_counts_for_itself() -> None:
    endless = Endless(most=0.05, end=end)
    for _ in range(3):
        with endless.over(7):
            endless.look()
            sum(range(1_000_000))
    endless.look()
