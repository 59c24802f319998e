"""One update that is computed without end ends the process; one that waits for its database does not."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bots.endless import Endless


class Ended(BaseException):
    """Stands for the end of the process."""


def end() -> None:
    raise Ended


def found(work: Callable[[threading.Event], None]) -> bool:
    """Whether the process would be ended while a thread does this."""
    endless, begun, over = Endless(most=0.05, end=end), threading.Event(), threading.Event()

    def move() -> None:
        with endless.over(7):
            work(begun)
            over.wait(10)

    thread = threading.Thread(target=move)
    thread.start()
    assert begun.wait(10)
    try:
        endless.look()
    except Ended:
        return True
    finally:
        over.set()
        thread.join()
    return False


def burn(begun: threading.Event) -> None:
    from time import thread_time

    until = thread_time() + 0.1
    while thread_time() < until:
        sum(range(100))
    begun.set()


def test_what_burns_is_found() -> None:
    assert found(burn)


def wait(begun: threading.Event) -> None:
    begun.wait(0.2)
    begun.set()


def test_what_waits_is_not() -> None:
    assert not found(wait)


def test_nothing_is_under_way_afterwards() -> None:
    endless = Endless(most=0.0, end=end)
    with endless.over(7):
        pass
    endless.look()
