"""What was asked for is done, and the answer never comes: nobody on our side can know. What somebody waits for goes out
once more, a mailing or a notice to officials never does, and every such case is on record as what it is. VK knows a
message by its number and shows it once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.outbox.types import Lane, State
from tests.fakes.faults import CutOff, DropAfter, Kind
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import SAID, Post, Posted, post

ONE_OF, PEOPLE, SENT = 100, 300, 1000
SENDS = {"telegram": ("sendMessage", "text"), "vk": ("messages.send", "message")}
LOST = (DropAfter(), CutOff())
ONCE_MORE = (Lane.REPLY, Lane.PUSH)
"""What somebody waits for."""


@dataclass
class Losses:
    """Whose answers were lost, by the number of what was said; one of each lane is, whatever the dice say."""

    dice: random.Random
    posted: Mapping[str, Posted]
    struck: list[int] = field(default_factory=list)

    def meets(self, text: str, kinds: int) -> bool:
        (said,) = SAID.findall(text)
        number = int(said[1])
        lane = self.posted[f"posted:{number}"].lane
        first = lane not in {self.posted[f"posted:{each}"].lane for each in self.struck}
        if not first and self.dice.random() >= 1 / ONE_OF / kinds:
            return False
        self.struck.append(number)
        return True


def lose(office: Post, messenger: str, dice: random.Random) -> Losses:
    losses, (method, words) = Losses(dice, office.posted), SENDS[messenger]

    def lost(kind: Kind) -> None:
        office.faults(messenger).add(kind, method, SENT * 2, lambda params: losses.meets(str(params[words]), len(LOST)))

    for kind in LOST:
        lost(kind)
    return losses


def journal(ends: Mapping[str, Any]) -> set[int]:
    """What is on record as doubtful."""
    return {int(key.partition(":")[2]) for key, row in ends.items() if row.resent or row.state == State.UNCERTAIN}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("messenger", ["telegram", "vk"])
def test_it_is_on_record_and_goes_out_again_only_where_it_may(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures, messenger: str
) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, messenger, limits=False) as office:
            await office.let_in()
            people = await office.people(PEOPLE, messenger)
            losses = lose(office, messenger, dice)
            for lane in Lane:
                await office.post(dice.choices(people, k=SENT // len(Lane)), lane)
            await office.until_ended()
            judged, ends = await office.judged(), await office.ends()
            times = Counter(losses.struck)
            again = [number for number in times if office.posted[f"posted:{number}"].lane in ONCE_MORE]
            never = times.keys() - set(again)
            seen = Counter(office.numbers_seen())
            figures(
                11,
                f"{messenger}: done, and the answer lost (1 %)",
                **{**judged.figures, "doubled": judged.doubled - sum(seen[number] - 1 for number in again)},
                sent=len(ends),
                answers_lost=len(losses.struck),
                on_record=len(journal(ends)),
                doubled_as_allowed=sum(seen[number] - 1 for number in again),
                requests=len(office.calls(messenger, SENDS[messenger][0])),
            )
            assert len(losses.struck) >= len(Lane)
            assert (judged.lost, judged.inverted, judged.foreign, judged.stuck) == (0,) * 4, judged
            if messenger == "vk":
                assert not judged.doubled and not journal(ends)
                assert {row.state for row in ends.values()} == {State.DELIVERED}
                return
            assert journal(ends) == set(times)
            assert {seen[number] for number in never} == {1}, "what may not be doubled"
            assert all(seen[number] == 2 for number in again), "once more, and not oftener"
            assert judged.doubled == len(again)
            unsure = {key for key, row in ends.items() if row.state == State.UNCERTAIN}
            assert unsure == {f"posted:{number}" for number in {*never, *(n for n in again if times[n] == 2)}}
            assert all(ends[key].reason for key in unsure)

    leaping(trial)
