"""What each dialog shows of an appeal, and to whom: everybody opens every dialog with every number, as a button and as
a command. What is new has no right to be shown before it stands in this table."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bots.config import ROOT
from bots.house import Houses, load_houses
from core import app
from core.actors import Actor
from core.appeals.types import Pile
from core.errors import Refusal
from core.speech import load_speeches
from core.talk import Command, Do, Done, Failed, Incoming, Load, Press
from dialogs.brief_house import brief
from dialogs.house import House, Out, Talk
from dialogs.shell import hear
from tests.rights.scene import AUTHORS, CITIZENS, HERE, NOBODIES, NOTE, OFFICIALS, QUESTION, REMARK, SEES, Scene
from tests.web.site import NOON, REPLY, WORDS

Moving = Generator[Load | Do, Any, Any]
DIALOGS: dict[str, dict[str, set[str]]] = {
    "citizen": {
        "add": set(),
        "again": set(),
        "appeal": set(),
        "card": AUTHORS,
        "channel": set(),
        "chats": set(),
        "consent": set(),
        "consents": set(),
        "delete": set(),
        "drop": set(),
        "find": set(),
        "help": set(),
        "join": set(),
        "link": set(),
        "menu": set(),
        "more": set(),
        "my": AUTHORS,
        "mydata": set(),
        "open": set(),
        "personal": set(),
        "pushes": set(),
        "quiet": set(),
        "rate": AUTHORS,
        "reply": AUTHORS,
        "settings": set(),
        "stop": set(),
        "unconsent": set(),
        "withdraw": AUTHORS,
    },
    "staff": {
        "answer": HERE,
        "ask": HERE,
        "card": SEES,
        "desk": set(),
        "find": set(),
        "leave": set(),
        "note": set(),
        "pick": set(),
        "queue": SEES,
        "redirect": set(),
        "reject": set(),
        "take": set(),
        "over": set(),
    },
    "door": {"desk": set(), "enter": set()},
    "brief": {
        "card": set(),
        "channel": set(),
        "data": set(),
        "drop": set(),
        "help": set(),
        "join": set(),
        "menu": set(),
        "my": set(),
        "open": set(),
        "pushes": set(),
        "quiet": set(),
        "rate": set(),
        "report": set(),
        "settings": set(),
        "stop": set(),
        "web": set(),
    },
}
"""By audience and dialog: to whom something of the appeal is shown."""

SECRETS = (WORDS[:12], REPLY, QUESTION, REMARK, NOTE, "Sadovaya")


@cache
def houses() -> Houses:
    return load_houses(load_speeches(ROOT / "locales", ZoneInfo("Europe/Moscow")))


PEOPLE = {"citizen": CITIZENS, "staff": OFFICIALS, "door": NOBODIES, "brief": CITIZENS}


def house_of(audience: str) -> House:
    there = {"citizen": houses().citizens, "staff": houses().staff, "door": houses().door, "brief": brief()}
    return there[audience]


def events(scene: Scene, name: str) -> Iterator[Incoming]:
    numbers = (scene.filed, scene.taken, scene.asked, scene.answered, scene.low)
    places = {"queue": tuple(Pile), "my": ("0",)}
    for args in places.get(name, (*numbers, f"{scene.filed}.33333333", "")):
        yield Press(f"{name}:{args}")
    yield Command(name, scene.answered)


def shown(tx: sa.Connection, audience: str, actor: Actor, event: Incoming) -> str:
    """All words of the screens to which it leads."""
    house = house_of(audience)
    speech = houses().speeches["en"]
    screens = [speech.show(out.screen) for out in heard(tx, actor, hear(house, Talk("en"), event, "run", speech.say))]
    return "\n".join(f"{screen.text}\n{screen.note}\n{[b.label for b in screen.buttons]}" for screen in screens)


def heard(tx: sa.Connection, actor: Actor, moving: Moving) -> tuple[Out, ...]:
    """As a move of the bots does it."""
    try:
        asked = next(moving)
        while True:
            asked = moving.send(run(tx, actor, asked)) if isinstance(asked, Do) else ask(tx, actor, asked, moving)
    except StopIteration as end:
        out: tuple[Out, ...] = end.value.out
        return out


def run(tx: sa.Connection, actor: Actor, do: Do) -> Done | Failed:
    try:
        return Done(do.key, app.run(tx, actor, do.key, do.command, NOON))
    except Refusal as refusal:
        return Failed(do.key, refusal.why)


def ask(tx: sa.Connection, actor: Actor, load: Load, moving: Moving) -> Load | Do:
    """The next thing that is asked."""
    try:
        facts = app.ask(tx, actor, load.query, NOON)
    except Refusal as refusal:
        asked: Load | Do = moving.throw(refusal)
    else:
        asked = moving.send(facts)
    return asked


def leaks(scene: Scene, audience: str, name: str, who: str) -> set[str]:
    """What of the appeals they have seen in this dialog, by whatever way."""
    actor = scene.actors[who]
    seen = set[str]()
    for event in events(scene, name):
        said = scene.tried(lambda tx, e=event: shown(tx, audience, actor, e))  # type: ignore[misc]
        seen |= {secret for secret in SECRETS if secret in said}
    return seen


def test_every_dialog_stands_in_the_table() -> None:
    for audience, names in DIALOGS.items():
        dialogs = house_of(audience).dialogs
        assert {*dialogs.forms, *dialogs.views} == set(names)


@pytest.mark.parametrize("audience", DIALOGS)
def test_every_dialog_shows_an_appeal_only_to_those_whose_it_is(scene: Scene, audience: str) -> None:
    people = PEOPLE[audience]
    wrong = []
    for name, may in DIALOGS[audience].items():
        for who in sorted(people):
            seen = leaks(scene, audience, name, who)
            assert not (who in CITIZENS and NOTE in seen), "citizens never see a note"
            if bool(seen) != (who in may):
                wrong.append((name, who, seen))
    assert not wrong, wrong
