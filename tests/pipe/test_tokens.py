"""One process at a time holds the token of an account."""

from __future__ import annotations

from datetime import timedelta

from core.outbox import tokens
from core.outbox.tokens import LEASE
from tests.pipe.conftest import Pipe

TOKEN = ("telegram", "1")


def holds(pipe: Pipe, owner: str) -> bool:
    return pipe.write(lambda tx: tokens.hold(tx, *TOKEN, owner, pipe.now))


def test_one_holds_it_and_keeps_it(pipe: Pipe) -> None:
    assert holds(pipe, "one")
    assert not holds(pipe, "two")
    pipe.now += LEASE - timedelta(seconds=1)
    assert holds(pipe, "one")
    pipe.now += LEASE - timedelta(seconds=1)
    assert not holds(pipe, "two")


def test_of_a_dead_process_it_is_free_after_the_lease(pipe: Pipe) -> None:
    holds(pipe, "one")
    pipe.now += LEASE + timedelta(seconds=1)
    assert holds(pipe, "two")
    assert not holds(pipe, "one")


def test_it_is_given_back_at_the_end_by_who_has_it(pipe: Pipe) -> None:
    holds(pipe, "one")
    pipe.write(lambda tx: tokens.drop(tx, *TOKEN, "two"))
    assert not holds(pipe, "two")
    pipe.write(lambda tx: tokens.drop(tx, *TOKEN, "one"))
    assert holds(pipe, "two")


def test_of_several_that_reach_for_it_one_wins(pipe: Pipe) -> None:
    reaching = [
        pipe.db.write(lambda tx, n=n: tokens.hold(tx, *TOKEN, f"owner{n}", pipe.now))  # type: ignore[misc]
        for n in range(8)
    ]
    assert sum(future.result() for future in reaching) == 1


def test_a_longer_pause_stands(pipe: Pipe) -> None:
    soon, late = pipe.now + timedelta(seconds=5), pipe.now + timedelta(seconds=60)
    for until in (late, soon):
        pipe.write(lambda tx, until=until: tokens.pause(tx, *TOKEN, until))  # type: ignore[misc]
    assert pipe.read(lambda conn: tokens.paused_until(conn, *TOKEN)) == late
    assert pipe.read(lambda conn: tokens.paused_until(conn, "telegram", "2")) is None


def test_the_place_is_kept(pipe: Pipe) -> None:
    assert pipe.read(lambda conn: tokens.place(conn, *TOKEN)) == ""
    for place in ("17", "18"):
        pipe.write(lambda tx, place=place: tokens.put_place(tx, *TOKEN, place))  # type: ignore[misc]
    assert pipe.read(lambda conn: tokens.place(conn, *TOKEN)) == "18"
