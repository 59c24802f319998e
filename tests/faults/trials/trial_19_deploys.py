"""Fault 19: the scenario changes under dialogs that are in flight, again and again, and is taken back. Everybody who
has begun comes to the end, with the words that they typed at first; nothing raises."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from core.db import Database
from core.inbox import service as inbox
from core.talk import Command, Incoming, Message
from dialogs.house import unwire
from tests.builders import Chat, a_citizen
from tests.faults.figures import Figures
from tests.faults.history import word
from tests.faults.ledger import TABLES
from tests.faults.releases import releases
from tests.faults.size import size
from tests.pipe.conftest import Pipe, real_houses

PEOPLE = size(150, 5_000)
MOVES_MOST = 40
"""After which somebody has not come to the end."""
NUMBER = "482-135-070"


@dataclass
class Walker:
    """Says their problem first, then presses what leads on."""

    chat: Chat
    name: str
    said: bool = False

    @property
    def problem(self) -> str:
        return f"There is a deep pothole on the road near house {word(self.name, 0)}."

    def next(self, live: dict[str, Any] | None, dice: random.Random) -> Incoming:
        if not self.said:
            self.said = True
            return Message(self.problem)
        ways = [button["data"] for button in (live or {}).get("buttons", ()) if button.get("kind", "press") == "press"]
        led = [data for data in ways if data.startswith("~")]
        if led:
            on = [data for data in led if data.split("~")[3].startswith(("yes", "skip", "done"))]
            return unwire(on[0] if on else dice.choice([it for it in led if "~/" not in it] or led))
        back = [data for data in ways if data.startswith(("go", "continue"))]
        return unwire(back[0]) if back else Command("menu")


@pytest.mark.timeout(900)
async def test_everybody_comes_to_the_end_through_every_release(
    seed: int, figures: Figures, sqlite_region: str
) -> None:
    dice = random.Random(seed)
    with closing(Database(sqlite_region)) as db, capture_logs() as logs:
        pipe = Pipe(db, houses=real_houses("Europe/Moscow"))
        people = [Walker(db.write(a_citizen).result(), str(n)) for n in range(PEOPLE)]
        seekers = [db.write(a_citizen).result() for _ in range(PEOPLE // 10)]
        for chat in seekers:  # half of a form that is to be taken away
            pipe.commands(chat, "find")
            pipe.says(chat, NUMBER)
        begun = {one.name: dice.randint(1, 8) for one in people}  # everybody is somewhere else
        for step in range(max(begun.values())):
            await move(pipe, [one for one in people if begun[one.name] > step], dice)
        in_flight, mute = in_progress(pipe), 0
        for _, houses in releases(pipe.houses):
            pipe.houses = houses
            if "find" not in houses.citizens.dialogs.forms:  # what they had begun waits, out of sight
                for chat in seekers:
                    pipe.commands(chat, "menu")
            mute += await move(pipe, [one for one in people if dice.random() < 0.4], dice)
        await pipe.turns()
        kept = [run for run, session in sought(pipe) if NUMBER.replace("-", "") in str(session).replace("-", "")]
        moves = await to_the_end(pipe, people, dice)
        filed = Counter(column(pipe, "appeals", "text"))
        states = Counter(column(pipe, "inbox", "state"))
    raised = sum(log["log_level"] in ("error", "critical") for log in logs)
    verdict = {
        "lost": sum(not filed[one.problem] for one in people),
        "doubled": sum(max(0, filed[one.problem] - 1) for one in people),
        "foreign": len(set(filed) - {one.problem for one in people}),
        "stuck": sum(count for state, count in states.items() if state != "done"),
        "mute": mute,
    }
    figures(19, "seven releases under dialogs in flight", **verdict, in_flight=in_flight, moves=moves, raised=raised)
    assert not any(verdict.values()), verdict
    assert raised == 0
    assert len(kept) == len(seekers)


async def move(pipe: Pipe, who: list[Walker], dice: random.Random) -> int:
    """Everybody says one thing; how many are shown nothing."""
    before = replies(pipe)
    lives = pipe.read(live_screens)
    said = [(one.chat.id, one.next(lives[one.chat.id], dice)) for one in who]
    keys, now = iter([f"said-{dice.getrandbits(64)}" for _ in said]), pipe.now
    pipe.write(lambda tx: [inbox.accept(tx, there, next(keys), event, b"raw", now) for there, event in said])
    await pipe.turns()
    after = replies(pipe)
    return sum(after[there] == before[there] for there, _ in said)


async def to_the_end(pipe: Pipe, people: list[Walker], dice: random.Random) -> int:
    """How many moves the slowest took."""
    for moves in range(MOVES_MOST):
        filed = set(column(pipe, "appeals", "text"))
        if not (left := [one for one in people if one.problem not in filed]):
            return moves
        await move(pipe, left, dice)
    return MOVES_MOST


def live_screens(conn: sa.Connection) -> dict[int, Any]:
    c = TABLES["conversations"].c
    return {row.id: row.live for row in conn.execute(sa.select(c.id, c.live))}


def column(pipe: Pipe, table: str, name: str) -> list[Any]:
    return pipe.read(lambda conn: list(conn.execute(sa.select(TABLES[table].c[name])).scalars()))


def replies(pipe: Pipe) -> Counter[int]:
    return Counter(column(pipe, "outbox", "conversation_id"))


def sought(pipe: Pipe) -> list[Any]:
    f = TABLES["forms"].c
    return pipe.read(lambda conn: list(conn.execute(sa.select(f.run, f.session).where(f.name == "find")).all()))


def in_progress(pipe: Pipe) -> int:
    return len(column(pipe, "forms", "id"))
