"""We have been away, and everything waits at the messenger: many updates of each person, which mean something only in
their order. They are accepted as polling brings them, heard, and answered. The steady rate is of as many people who say
the same at the same time, each the next thing when all are answered. What has come of them is counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from bots.messenger import World
from tests.bench.child import Order, say
from tests.bench.meter import Meter, resident
from tests.bench.product import TABLES, Running, quietly, running
from tests.bench.wizard import words

EACH = 20
"""Updates of a person: two whole messages, and the third up to its check."""


def what_one_says(chat: int) -> list[str]:
    """Numbers press the buttons of the screen before."""
    again = [f"Another pothole is near house {chat}.", "2", "1", "1", "1", f"Lesnaya, {chat}"]
    first = [f"There is a deep pothole near house {chat}.", "1", "1", "1", "1", f"Sadovaya, {chat}", "1"]
    return [*first, *again, "1", *again]


async def main(order: Order) -> None:
    quietly()
    people: int = order["people"]
    async with running(order["url"], Path(order["folder"])) as subject:
        await drained(subject, range(1, 21), Meter())
        idle, meter = resident(), Meter()
        steady = Meter()
        await rounds(subject, range(10_001, 10_001 + people), steady)
        await drained(subject, range(100_001, 100_001 + people), meter)
        lost, doubled, inverted = await asyncio.to_thread(judged, subject.world, people)
        updates = people * EACH
        say(
            meter.result(updates)
            | {"steady": updates / steady.wall, "steady_cpu": steady.cpu / updates}
            | {"idle": idle, "peak": resident(what="VmHWM"), "lost": lost, "doubled": doubled, "inverted": inverted}
        )


async def rounds(subject: Running, chats: range, meter: Meter) -> None:
    """Everybody says one thing, and the next when it is answered."""
    said = {chat: what_one_says(chat) for chat in chats}
    for n in range(EACH):
        raws = [words(chat, said[chat][n]) for chat in chats]
        with meter.running():
            await subject.take(raws)


async def drained(subject: Running, chats: range, meter: Meter) -> None:
    said = {chat: what_one_says(chat) for chat in chats}
    raws = [words(chat, said[chat][n]) for n in range(EACH) for chat in chats]
    with meter.running():
        await subject.accept(raws)
        while not await subject.world.read(is_quiet):  # noqa: ASYNC110 - it is the database that knows
            await asyncio.sleep(0.05)


def is_quiet(conn: sa.Connection) -> bool:
    """One look at an index each."""
    inbox, outbox = TABLES["inbox"], TABLES["outbox"]
    conversations = TABLES["conversations"]
    waits = (
        sa.select(conversations.c.id).where(conversations.c.pending_at.is_not(None)).limit(1),
        sa.select(inbox.c.id).where(inbox.c.state == "new").limit(1),
        sa.select(outbox.c.id)
        .where(outbox.c.state.in_(("ready", "leased", "sending")), outbox.c.lane == "reply")
        .limit(1),
    )
    return not any(conn.execute(rows).first() for rows in waits)


def judged(world: World, people: int) -> tuple[int, int, int]:
    """Messages that are missing, those that are there twice, and people whose second came before their first or whose
    third does not wait for its check."""
    chats = range(100_001, 100_001 + people)
    wanted = {text for chat in chats for text in (what_one_says(chat)[0], what_one_says(chat)[7])}
    a, f, c = TABLES["appeals"].c, TABLES["forms"].c, TABLES["conversations"].c
    filed = world.db.read(lambda conn: conn.execute(sa.select(a.text, a.address).order_by(a.id)).all()).result()
    ours = [(text, address) for text, address in filed if text in wanted]
    begun = sa.select(c.peer, f.session).join_from(TABLES["forms"], TABLES["conversations"], f.conversation_id == c.id)
    waiting = {int(peer): session for peer, session in world.db.read(lambda conn: conn.execute(begun).all()).result()}
    times = Counter(text for text, _ in ours)
    place = {text: n for n, (text, _) in enumerate(ours)}
    inverted = 0
    for chat in chats:
        first, second = what_one_says(chat)[0], what_one_says(chat)[7]
        inverted += place.get(first, -1) > place.get(second, len(ours))
        inverted += waiting.get(chat, {"shown": ""})["shown"] != "check"
    return len(wanted) - len(times), sum(n - 1 for n in times.values()), inverted
