"""One run on one engine: people say things, the product comes to rest, the oracle looks; and again, until as much has
been said as was wanted. What is said follows from the seed and from what was shown, and from nothing else."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import uvloop

from bots.migrate import migrate
from tests.fuzz import state
from tests.fuzz.behaviour import act
from tests.fuzz.envelope import WITHOUT_END
from tests.fuzz.media import Thing
from tests.fuzz.oracle import Oracle, Said
from tests.fuzz.people import Person, Way
from tests.fuzz.tokens import load_dice
from tests.fuzz.town import Town, entry, town
from tests.web.conftest import fill
from tests.web.site import Log, logged

AT_WORK = ("desk", "officials' bot")
AT_ONCE = 70
"""Who says something before everybody is answered."""
CALM_AFTER = 60
"""Hours and days that are waited for what is to be sent in the morning, and for devices that do not answer."""
BEFORE = 3
"""Things that the same person has said, told with a finding."""
RARE = ("odd type", "a live place moves", "pressed at once", WITHOUT_END)
"""What is counted by its name."""
A_YEAR_AT = 2 / 3
"""Of the run: then a year passes, and all buttons are old."""


@dataclass
class Result:
    """What a run of one engine has come to; `problems` by the number of what was said, 0 where none is to blame."""

    engine: str
    seconds: float = 0.0
    said: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    quiet: Counter[str] = field(default_factory=Counter)
    declined: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    culprits: dict[int, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    """What is rare, by what it is called."""
    digest: str = ""

    def written(self, path: Path) -> None:
        path.write_text(json.dumps(vars(self)))


def read(path: Path) -> Result:
    found = json.loads(path.read_text())
    found["culprits"] = {int(n): body for n, body in found["culprits"].items()}
    found["problems"] = [(n, problem) for n, problem in found["problems"]]
    return Result(**{**found, **{name: Counter(found[name]) for name in ("said", "quiet", "seen")}})


async def run(url: str, folder: Path, seed: int, n: int) -> Result:
    began, result = time.monotonic(), Result(url.partition("+")[0].partition(":")[0])
    with logged() as log:
        async with town(url, folder, seed, max(3, min(40, n // 60))) as made:
            drive = _Drive(made, Random(seed), Oracle(made), log, result)
            with drive.oracle.listening():
                await drive.go(n)
            dumped = made.db.read(state.dump).result()
            rows = made.db.read(state.rows_of).result()
        gc.collect()  # a task whose exception nobody wanted says so now
        drive.complain(0)
    result.problems = drive.oracle.problems + [(0, f"unclean: {it}") for it in list(state.unclean(rows))[:5]]
    result.culprits = {number: _with_before(drive.history, number) for number, _ in result.problems if number}
    result.answered, result.quiet = drive.oracle.answered, drive.oracle.quiet
    result.digest, result.seconds = state.digest(dumped), time.monotonic() - began
    (folder / "dump.json").write_text(json.dumps(dumped))
    return result


@dataclass
class _Drive:
    town: Town
    dice: Random
    oracle: Oracle
    log: Log
    result: Result
    history: dict[int, Said] = field(default_factory=dict)
    _joined: set[int] = field(default_factory=set)
    _read: int = 0
    """Characters of the log."""

    async def go(self, n: int) -> None:
        await self._officials_enter()
        everybody, a_year = [(way, one) for way in self.town.ways for one in way.people], False
        while len(self.history) < n:
            acting = self.dice.sample(everybody, min(AT_ONCE, len(everybody), n - len(self.history)))
            await self._round(acting)
            if not a_year and len(self.history) > n * A_YEAR_AT:
                a_year = True
                self.town.later(days=366)
            else:
                self.town.later(seconds=self._pause())
            if len(self.history) > n // 3 and self.dice.random() < 0.1:
                await self._officials_enter()
        await self._rest()

    def _pause(self) -> float:
        how = self.dice.random()
        if how < 0.9:
            return self.dice.choice((0.2, 1, 3, 20, 60))
        return 3600.0 if how < 0.98 else 26 * 3600.0

    async def _round(self, acting: Sequence[tuple[Way, Person]]) -> None:
        """Ways one after the other, so that both engines hear the same in the same order."""
        known, order = self.town.known_numbers(), [way.name for way in self.town.ways]
        everybody = [one for way in self.town.ways for one in way.people]
        acting = sorted(acting, key=lambda it: order.index(it[0].name))
        for way, group in groupby(acting, key=lambda it: it[0]):
            together = []
            for _, person in group:
                for sent in act(self.dice, person, known, everybody, staff=way.name in AT_WORK):
                    said = Said(len(self.history) + 1, way.name, person, sent)
                    self.history[said.n] = said
                    self.result.said[f"{way.name}|{sent.family}"] += 1
                    self.result.seen.update({sent.what: 1} if sent.what in RARE else {})
                    self.oracle.expect(said)
                    together.append((person, sent))
            before = len(self.history)
            for problem in await way.deliver(together):
                self.oracle.found(before, problem)
        await self._come_to_rest()

    async def _come_to_rest(self) -> None:
        declined = {key for chat in self.town.chats for key in chat.declined}
        self.result.declined += len(declined)
        await self.town.calm(lambda: self.oracle.look(declined))
        self.oracle.look(declined)
        for chat in self.town.chats:
            chat.declined.clear()
            await chat.read()
        self._joined |= {*self.town.joined().values()}
        self.result.seen["people on several ways"] = len(self._joined)
        self.complain(len(self.history))

    def complain(self, n: int) -> None:
        """What the product has logged as a fault of ours since the last time."""
        since, self._read = self._read, self.log.tell()
        for line in self.log.problems(since):
            self.oracle.found(n, f"logged: {line}")

    async def _officials_enter(self) -> None:
        """By a new link, in their bot."""
        way = next(way for way in self.town.ways if way.name == "officials' bot")
        codes = [person.name for person in self.town.chats[1].people]
        for code, person in zip(codes, way.people, strict=True):
            await way.deliver([(person, one) for one in person.command("start", f"enter_{entry(self.town, code)}")])
        await self._come_to_rest()
        for person in way.people:
            if shown := person.shown():
                await way.deliver([(person, one) for one in person.press(shown[-1].buttons[0][1], shown[-1].id)])
        await self._come_to_rest()

    async def _rest(self) -> None:
        """Until the last of what was held for the morning has been sent."""
        for _ in range(CALM_AFTER):
            self.town.later(hours=3)
            await self._come_to_rest()
            if self.oracle.rest():
                break
        self.oracle.end()


def shown(said: Said) -> str:
    """In a form that can be put into a test."""
    body = said.sent.body
    told = f"bytes of {len(body)}: {body[:300]!r}" if isinstance(body, bytes) else json.dumps(body, default=_brief)
    return f"{said.way}, {said.person.name}, {said.sent.family}: {said.sent.what}: {told[:2000]}"


def _with_before(history: Mapping[int, Said], number: int) -> str:
    """And what the same person has said just before, which is often why."""
    culprit = history[number]
    earlier = [said for n, said in history.items() if n < number and said.person is culprit.person][-BEFORE:]
    return "\n      after ".join((shown(culprit), *(shown(said)[:300] for said in reversed(earlier))))


def _brief(value: Any) -> str:
    return f"{value.what} ({len(value.content)} bytes, {value.name!r})" if isinstance(value, Thing) else repr(value)


def lines(result: Result) -> Iterator[str]:
    for number, problem in result.problems:
        yield f"{result.engine} update {number or '-'}: {problem}"
        if number in result.culprits:
            yield f"    {result.culprits[number]}"


def main(url: str, folder: Path, seed: int, n: int) -> None:
    """From an empty database on. In a process of its own: what is drawn at random there is loaded."""
    load_dice(seed)
    migrate(url)
    fill(url)
    if not url.startswith("sqlite"):
        state.count_like_sqlite(url)
    warnings.filterwarnings("ignore", module="PIL")  # the fakes look at pictures too
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(url, folder, seed, n)).written(folder / "result.json")
