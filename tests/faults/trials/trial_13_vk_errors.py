"""Every error that VK is known to answer with, and one that nobody knows, to one message or to everything for a while,
as the answer or for one person inside it. Each has its outcome, and none makes us ask on and on."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.conversations.tables import conversations
from core.outbox.types import Lane, State
from tests.fakes.faults import Refuse
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import Door, Post, post

UNKNOWN = 7777
WAITS, GONE, NEVER = "waits", "gone", "never"
ONE: Mapping[int, str] = {
    1: WAITS,
    9: WAITS,
    10: WAITS,
    900: GONE,
    901: GONE,
    902: GONE,
    911: NEVER,
    914: NEVER,
    100: NEVER,
    UNKNOWN: NEVER,
}
"""What one message meets: it goes out later, the person is not to be reached, or it will never be taken."""
ALL: Mapping[int, float] = {6: 2.0, 14: 1500.0, 29: 200.0, 5: 400.0, 912: 200.0}
"""What everything meets for so many seconds: all of it waits and is sent then."""
ALARMS = {5, 14, 912, 911, 914, 100, UNKNOWN}
"""Where an operator is told what to do."""
PEOPLE, STRUCK = 160, 8


def error(code: int) -> dict[str, Any]:
    return {"error_code": code, "error_msg": f"error {code}", "request_params": []}


def whole(code: int) -> Refuse:
    return Refuse(200, {"error": error(code)})


def inside(code: int, door: Door) -> Refuse:
    """The answer is all right, and says of this person that it is not."""
    one = {"peer_id": door.peer, "message_id": 0, "error": {"code": code, "description": f"error {code}"}}
    return Refuse(200, {"response": [one]})


@dataclass(frozen=True, slots=True)
class Ended:
    states: Mapping[int, tuple[str, bool]]
    """Of everybody who was struck: how the row has ended, and whether the person is said to be gone."""
    requests: int
    tries: int


async def sent(office: Post, people: list[Door]) -> Ended:
    before, known = len(office.calls("vk", "messages.send")), set(office.posted)
    await office.post(people, Lane.PUSH)
    await office.until_ended(3 * 3600.0, skipping=True)
    ends = {key: row for key, row in (await office.ends()).items() if key not in known}
    c = conversations.c
    away = sa.select(c.id).where(c.gone_at.is_not(None))
    gone = await office.read(lambda conn: set(conn.execute(away).scalars()))
    states = {
        office.posted[key].door.person: (row.state, office.posted[key].door.there in gone) for key, row in ends.items()
    }
    requests = len(office.calls("vk", "messages.send")) - before
    return Ended(states, requests, sum(row.attempts - 1 for row in ends.values()))


def right(outcome: str) -> tuple[str, bool]:
    return (State.DELIVERED if outcome is WAITS else State.REFUSED), outcome is GONE


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", ["the whole answer", "inside the answer"])
def test_an_error_for_one_message_has_its_outcome(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures, way: str
) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, "vk", limits=False, rest=2) as office:
            await office.let_in()
            people = await office.people(PEOPLE, "vk")
            dice.shuffle(people)
            struck = dict(zip(ONE, (people[n * STRUCK : (n + 1) * STRUCK] for n in range(len(ONE))), strict=True))
            for code, doors in struck.items():
                for door in doors:
                    kind = whole(code) if way == "the whole answer" else inside(code, door)
                    office.group.faults.add(kind, "messages.send", where=lambda p, d=door: p["peer_ids"] == str(d.peer))  # type: ignore[misc]
            ended = await sent(office, people)
            met = {door.person: right(ONE[code]) for code, doors in struck.items() for door in doors}
            wrong = {person: ended.states[person] for person in met if ended.states[person] != met[person]}
            others = [ended.states[door.person] for door in people if door.person not in met]
            retried = STRUCK * sum(outcome is WAITS for outcome in ONE.values())
            judged = await office.judged()
            figures(
                13,
                f"VK, errors to one message, {way}",
                **judged.figures,
                codes=len(ONE),
                struck=len(met),
                classified_wrong=len(wrong),
                requests=ended.requests,
                needed=len(people) + retried,
            )
            assert not wrong and set(others) == {(State.DELIVERED, False)}, wrong
            assert ended.requests == len(people) + retried and ended.tries == retried
            assert not office.group.faults.waiting and judged.clean, judged
            assert all(f"code={code}" in office.log.getvalue() for code in ALARMS & ONE.keys())

    leaping(trial)


@pytest.mark.timeout(1800)
def test_an_error_for_everything_holds_everything_back_and_is_asked_about_rarely(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures
) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, "vk", limits=False, rest=2) as office:
            await office.let_in()
            people, perpeople = await office.people(PEOPLE, "vk"), dict[int, float]()
            for code in dice.sample(list(ALL), len(ALL)):
                until = hours.passed + ALL[code]
                lasts = lambda params, until=until: hours.passed < until
                fault = office.group.faults.add(whole(code), "messages.send", 10**6, lasts)
                ended = await sent(office, people)
                fault.left = 0
                assert set(ended.states.values()) == {(State.DELIVERED, False)}, (code, ended)
                assert not ended.tries and hours.passed >= until, code
                perpeople[code] = ended.requests / len(people)
            judged = await office.judged()
            figures(
                13,
                "VK, errors to everything for a while",
                **judged.figures,
                codes=len(ALL),
                sent=len(ALL) * PEOPLE,
                requests_per_item=max(perpeople.values()),
            )
            assert judged.clean, judged
            assert max(perpeople.values()) <= 1.1, perpeople
            assert all(f"code={code}" in office.log.getvalue() for code in ALARMS & ALL.keys())

    leaping(trial)
