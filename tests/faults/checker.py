"""Counts what must not happen, from what people said, what came of it and what they were shown. Knows no database and
no messenger: `ledger` reads those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One update that somebody's phone has handed to the messenger, in the order of handing."""

    person: str
    seq: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of it, in the order in which it took effect."""

    person: str
    seq: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Words of `writer` in something that `reader` was sent, or may read."""

    reader: str
    writer: str


@dataclass(frozen=True, slots=True)
class Verdict:
    lost: int = 0
    """Said, and nothing came of it."""
    doubled: int = 0
    """Effects beyond the first of what was said once."""
    inverted: int = 0
    """Effects that came after the effect of something which the same person had said later."""
    foreign: int = 0
    """Somebody else's words where they do not belong; also effects of what nobody has said."""
    stuck: int = 0
    """Rows that have not come to an end when all is calm."""
    mute: int = 0
    """Said, and the person was shown nothing after it."""
    excess: int = 0
    """Messages that the messenger has shown, and of which we do not know that we have sent them."""

    @property
    def whole(self) -> bool:
        """Nothing happened that we promise will not; an excess has a bound of its own."""
        return not (self.lost or self.doubled or self.inverted or self.foreign or self.stuck or self.mute)


def judge(
    said: Iterable[Said],
    effects: Iterable[Effect],
    *,
    seen: Iterable[Seen] = (),
    shown: Mapping[str, int] | None = None,
    stuck: int = 0,
    excess: int = 0,
) -> Verdict:
    """`shown`: by person, how many things they had said when they were last shown anything. Without it nobody is
    counted as mute."""
    told, came = _by_person(said), _by_person(effects)
    unasked = sum(len([seq for seq in came[person] if seq not in set(told[person])]) for person in list(came))
    return Verdict(
        lost=sum(len(set(told[person]) - set(came[person])) for person in told),
        doubled=sum(count - 1 for person in came for count in Counter(came[person]).values()),
        inverted=sum(_inverted(came[person]) for person in came),
        foreign=unasked + sum(one.reader != one.writer for one in seen),
        stuck=stuck,
        mute=0 if shown is None else sum(max(0, len(told[person]) - shown.get(person, 0)) for person in told),
        excess=excess,
    )


def _by_person(things: Iterable[Said | Effect]) -> defaultdict[str, list[int]]:
    found = defaultdict[str, list[int]](list)
    for one in things:
        found[one.person].append(one.seq)
    return found


def _inverted(order: list[int]) -> int:
    """A repetition is a double, whenever it comes."""
    first, latest, count = set[int](), -1, 0
    for seq in order:
        count += seq < latest and seq not in first
        first.add(seq)
        latest = max(latest, seq)
    return count
