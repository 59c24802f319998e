"""Somebody asks and writes without end: they wait for themselves, and everybody else is served as ever."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from bots.web.floods import CHANGE, EACH
from core.inbox import service
from core.inbox.tables import inbox
from core.talk import Message
from tests.pipe.conftest import a_pipe
from tests.web.site import WORDS, Answer, Person, Site

TRIES = 600
AT_A_TIME = 20
MANY = 500


async def floods(person: Person, tries: int) -> list[Answer]:
    """As quick as one can, with many connections."""
    answers = list[Answer]()

    async def asks() -> None:
        while len(answers) < tries:
            answers.append(await person.post({"kind": "text", "text": "Spam"}))

    await asyncio.gather(*(asks() for _ in range(AT_A_TIME)))
    return answers


async def test_of_a_flood_on_the_web_little_is_taken_and_the_others_are_served(site: Site) -> None:
    flooding, other = site.citizen(), site.citizen()
    begun = asyncio.get_running_loop().time()
    flood = asyncio.create_task(floods(flooding, TRIES))
    number = await other.file(WORDS)
    answers = await flood
    seconds = asyncio.get_running_loop().time() - begun
    assert number
    taken = Counter(answer.status for answer in answers)
    assert set(taken) == {202, 429}
    assert EACH.at_once / CHANGE <= taken[202] <= (EACH.at_once + EACH.in_a_second * seconds) / CHANGE + 1
    kept = site.rows(sa.select(sa.func.count(inbox.c.id)).group_by(inbox.c.conversation_id))
    assert max(rows for (rows,) in kept) == taken[202], "what is told to wait is stored nowhere"
    refused = next(answer for answer in answers if answer.status == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.error == "This was too much at once. Please try again in a little while."


async def test_whoever_makes_up_a_new_browser_for_each_request_keeps_out_nobody_who_is_known(site: Site) -> None:
    known = site.citizen()
    await known.command("start")
    statuses = Counter[int]()

    async def asks() -> None:
        while statuses.total() < 5 * TRIES:
            somebody = Person(site, "/api/chat", {"Authorization": f"Bearer {secrets.token_urlsafe(32)}"})
            statuses[(await somebody.call("POST", "/ack", json={})).status] += 1

    flood = [asyncio.create_task(asks()) for _ in range(AT_A_TIME)]
    while not statuses[429]:
        await asyncio.sleep(0)
        assert not all(task.done() for task in flood), statuses
    assert await known.file(WORDS)
    await asyncio.gather(*flood)


async def test_a_desk_is_known_by_its_cookie_whatever_else_it_says(site: Site) -> None:
    official = await site.official("petrov")
    statuses = Counter[int]()
    for n in range(300):
        statuses[(await official.call("POST", "/ack", json={}, headers={"Authorization": f"Bearer {n}"})).status] += 1
    assert set(statuses) == {400, 429}


async def test_in_a_messenger_a_flood_of_one_is_heard_beside_the_others_not_before_them(sqlite_url: str) -> None:
    """What a messenger brings has to be taken. Each chat has its turn, and in it a few messages."""
    with a_pipe(sqlite_url) as pipe:
        flooding, others = pipe.a_citizen(), [pipe.a_citizen() for _ in range(3)]
        pipe.write(lambda tx: floods_with(tx, flooding.id, pipe.now))
        for other in others:
            pipe.says(other, "Hello")
        heard = await pipe.front().turn()
        assert all(pipe.texts(other) for other in others)
        assert heard < MANY / 5
        assert await pipe.turns() + heard == MANY + len(others)


def floods_with(tx: sa.Connection, chat: int, now: datetime) -> None:
    for n in range(MANY):
        service.accept(tx, chat, f"flood-{n}", Message("Spam"), b"raw", now)
