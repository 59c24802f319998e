"""Many people at once, in two fronts, each with a word that is theirs alone; some press what others have on show and
name numbers that are not theirs. Nobody is ever sent another one's word, and no word gets into another one's rows."""

from __future__ import annotations

import asyncio
import os
import random
import re
from contextlib import closing
from dataclasses import dataclass, field

from core.db import Database, metadata
from core.personal.registry import owned_tables, rows_of
from core.talk import Command, Incoming, Message
from dialogs.house import unwire
from tests.builders import Chat, fill
from tests.pipe.conftest import Pipe, Postbox, real_houses

PEOPLE = int(os.environ.get("PEOPLE", "10"))
"""PEOPLE=1000 takes some minutes."""
ROUNDS = 18
WORD = re.compile(r"Kenar\d+z")


@dataclass
class Somebody:
    chat: Chat
    n: int
    numbers: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    """Of the buttons that they have been shown last."""

    @property
    def word(self) -> str:
        return f"Kenar{self.n}z"


def says(dice: random.Random, one: Somebody, other: Somebody) -> Incoming:
    """Mostly what leads on; sometimes what belongs to somebody else."""
    ways = [data for data in one.data if data.startswith("~")]
    if dice.random() < 0.3 and (theirs := of_another(other)):
        return dice.choice(theirs)
    if dice.random() < 0.2 or not ways:
        return Message(f"There is a deep pothole on the road near {one.word}", key=f"m{dice.random()}")
    on = [data for data in ways if data.split("~", 3)[3].startswith(("yes", "skip", "done"))]
    return unwire(dice.choice(on or ways))


def of_another(other: Somebody) -> list[Incoming]:
    """Their buttons and numbers."""
    said: list[Incoming] = [unwire(data) for data in other.data]
    for number in other.numbers:
        said += [unwire(f"{view}:{number}") for view in ("card", "reply", "withdraw", "rate", "add")]
        said += [Message(f"open {number}", key="o"), Command("open", f"{number}.33333333")]
    return said


async def test_nobody_ever_sees_or_changes_what_is_another_ones(sqlite_url: str) -> None:
    seed = int(os.environ.get("SEED", "7"))
    dice, postbox = random.Random(seed), Postbox()
    with closing(Database(sqlite_url)) as db:
        db.write(fill).result()
        pipe = Pipe(db, houses=real_houses())
        crowd = [Somebody(pipe.a_citizen(consent=True), n) for n in range(PEOPLE)]
        by_chat = {one.chat.id: one for one in crowd}
        for _ in range(ROUNDS):
            for one in dice.sample(crowd, len(crowd)):
                pipe.hears(one.chat, says(dice, one, dice.choice(crowd)))
            while sum(await asyncio.gather(pipe.front("a").turn(), pipe.front("b").turn())):
                pass
            seen = len(postbox.parcels)
            await pipe.delivers(postbox)
            for parcel in postbox.parcels[seen:]:
                one, shown = by_chat[parcel.conversation_id], parcel.shown
                one.data = [button.data for button in shown.buttons]
                words = f"{shown.text} {shown.note} {[button.label for button in shown.buttons]}"
                assert set(WORD.findall(words)) <= {one.word}, f"seed {seed}"
            for one in crowd:
                one.numbers = pipe.rows("appeals", "number", citizen_id=one.chat.person.id)
        assert sum(len(one.numbers) for one in crowd) >= PEOPLE // 4, "too little has happened"
        for one in crowd:
            theirs = pipe.read(lambda conn, who=one.chat.person.id: owned(conn, who))  # type: ignore[misc]
            assert set(WORD.findall(theirs)) <= {one.word}, f"seed {seed}"


def owned(conn: object, person: int) -> str:
    """All rows of somebody, as words; but what came in, which may name anything."""
    tables = [table for table in owned_tables(metadata) if table.name != "inbox"]
    return repr([dict(row) for table in tables for row in rows_of(conn, table, person)])  # type: ignore[arg-type]
