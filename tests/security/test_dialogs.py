"""Every form and view of every house, opened and walked by everybody, and each notice, sent to everybody: what they see
of the author's appeal and what they change of it stands in the table, also where a mistake of ours should lead somebody
into a house that is not theirs."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from bots.house import Houses
from core import app
from core.actors import Actor
from core.appeals.types import Pile
from core.db import metadata
from core.errors import Refusal
from core.notify.types import NoticeKind
from core.personal.registry import owned_tables, rows_of
from core.shown import Shown
from core.talk import Command, Do, Done, Failed, Incoming, Load, Message, Press
from dialogs.house import House, Talk, unwire, worded
from dialogs.shell import hear
from tests.pipe.conftest import real_houses
from tests.security.rights_core import SAID
from tests.security.rights_dialogs import DIALOGS, IN_BRIEF, NOTICES, Dialog
from tests.security.scene import CITIZENS, COUNTED, OFFICIALS, PEOPLE, Scene, they, writes
from tests.web.site import NOON

Moving = Generator[Load | Do, Any, Any]
STEPS = 3
"""After a dialog was opened."""
PEOPLE_OF = {"menu": CITIZENS, "desk": OFFICIALS}
"""By the home of a house: who may come to it. At the door it asks nobody anything."""


@cache
def houses() -> Houses:
    return real_houses("Europe/Moscow")


def house_of(audience: str) -> House:
    all = houses()
    return {"citizen": all.citizens, "staff": all.staff, "door": all.door, "brief": all.brief}[audience]


@dataclass(frozen=True)
class Seen:
    """`theirs`: secrets of the author's appeal that were shown."""

    theirs: frozenset[str]
    acted: bool


@dataclass
class Walk:
    """One person in one house, as a move of the bots leads them; all words that they are shown."""

    scene: Scene
    house: House
    actor: Actor
    talk: Talk
    said: str = ""

    def go(self, tx: sa.Connection, event: Incoming, steps: int) -> None:
        self.hear(tx, event)
        for _ in range(steps):
            if (following := self.next()) is None:
                return
            self.hear(tx, following)

    def hear(self, tx: sa.Connection, event: Incoming) -> None:
        speech = houses().speeches["en"]
        moving: Moving = hear(self.house, self.talk, event, "run", speech.say)
        heard = self._heard(tx, moving)
        self.talk = heard.talk
        for out in heard.out:
            self._show(worded(out, speech.show))

    def _show(self, shown: Shown) -> None:
        self.said += f"{shown.text}\n{shown.note}\n{[(b.label, b.url, b.data) for b in shown.buttons]}\n"
        if not shown.alarm:
            self.talk = replace(self.talk, live=shown)

    def _heard(self, tx: sa.Connection, moving: Moving) -> Any:
        try:
            asked = next(moving)
            while True:
                asked = moving.send(self._run(tx, asked)) if isinstance(asked, Do) else self._ask(tx, asked, moving)
        except StopIteration as end:
            return end.value

    def _run(self, tx: sa.Connection, do: Do) -> Done | Failed:
        try:
            return Done(do.key, app.run(tx, self.actor, do.key, do.command, NOON))
        except Refusal as refusal:
            return Failed(do.key, refusal.why)

    def _ask(self, tx: sa.Connection, load: Load, moving: Moving) -> Load | Do:
        """The next thing that is asked."""
        try:
            facts = app.ask(tx, self.actor, load.query, NOON)
        except Refusal as refusal:
            return moving.throw(refusal)
        return moving.send(facts)

    def next(self) -> Incoming | None:
        """What leads on: words where they are asked for, else the first way that says so."""
        live = self.talk.live
        data = [button.data for button in live.buttons if button.data.startswith("~")] if live else []
        if live and live.reads:
            return Message(SAID, key="m")
        ways = [one for one in data if one.split("~", 3)[3].startswith(("yes", "done", "skip"))]
        return unwire((ways or data)[0]) if data else None


def walked(scene: Scene, house: House, name: str, events: list[Incoming], steps: int = STEPS) -> Seen:
    """Each of these opens something; then on and on."""
    said = []

    def attempt(tx: sa.Connection) -> bool:
        written = writes(tx)
        for event in events:
            walk = Walk(scene, house, scene.actors[name], Talk("en"))
            try:
                walk.go(tx, event, steps)
            except Refusal:  # there is no home for them in a house that is not theirs
                assert name not in PEOPLE_OF[house.home]
            said.append(walk.said)
        return writes(tx) != written and owned(tx, they(scene)) != before(scene)

    acted = scene.undone(attempt)
    return Seen(frozenset(scene.secrets_in("\n".join(said))), acted)


def owned(tx: sa.Connection, person: int) -> list[str]:
    """Every row that is the author's, wherever it lies; the counters of guesses apart."""
    tables = (table for table in owned_tables(metadata) if table.name not in COUNTED)
    return [f"{table.name} {dict(row)}" for table in tables for row in rows_of(tx, table, person)]


@cache
def before(scene: Scene) -> list[str]:
    return scene.db.read(lambda conn: owned(conn, they(scene))).result()


def opened(scene: Scene, name: str, dialog: Dialog) -> list[Incoming]:
    if name == "queue":
        return [Press(f"queue:{pile}") for pile in Pile]
    return [Press(f"{name}:{dialog.args(scene)}")]


def test_every_dialog_and_notice_stands_in_the_table() -> None:
    for audience in ("citizen", "staff", "door", "brief"):
        house = house_of(audience)
        assert {*house.dialogs.forms, *house.dialogs.views} == set(DIALOGS[audience]), audience
        assert set(house.notices) <= set(NOTICES), audience
    assert set(NOTICES) == set(NoticeKind)


@pytest.mark.parametrize("audience", DIALOGS)
def test_a_dialog_shows_and_changes_an_appeal_only_for_those_whose_it_is(scene: Scene, audience: str) -> None:
    wrong = []
    for name, dialog in DIALOGS[audience].items():
        for who in sorted(PEOPLE):
            seen = walked(scene, house_of(audience), who, opened(scene, name, dialog))
            foreign = seen.theirs - scene.knows(who)
            if bool(seen.theirs) != (who in dialog.shows) or seen.acted != (who in dialog.acts) or foreign:
                wrong.append((name, who, seen))
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("audience", "who"), [("citizen", "other citizen"), ("brief", "owner"), ("staff", "official elsewhere")]
)
def test_in_no_state_is_anything_shown_to_whom_it_does_not_concern(scene: Scene, audience: str, who: str) -> None:
    """In the brief house that is everybody: nothing personal is shown there at all."""
    numbers = (scene.filed, scene.taken, scene.asked, scene.answered, scene.low, scene.late)
    for name in DIALOGS[audience]:
        args = [*numbers, f"{scene.filed}.33333333", scene.draft, scene.photo, scene.export, str(scene.chat), ""]
        events: list[Incoming] = [Press(f"{name}:{one}") for one in args]
        events += [Command(name, one) for one in numbers]
        seen = walked(scene, house_of(audience), who, events, 0)
        assert not seen.theirs, (name, seen)


def test_a_notice_tells_of_an_appeal_only_those_whose_it_is(scene: Scene) -> None:
    """Also one that was addressed to somebody else by a mistake of ours."""
    wrong = []
    for audience in DIALOGS:
        for kind in house_of(audience).notices:
            may = IN_BRIEF.get(kind, NOTICES[kind].told) if audience == "brief" else NOTICES[kind].told
            for who in sorted(PEOPLE):
                said, changed = scene.tried(lambda tx, a=audience, w=who, k=kind: told(tx, scene, a, k, w))  # type: ignore[misc]
                if changed or bool(said) != (who in may) or scene.betrayed(who, said):
                    wrong.append((audience, kind, who, said))
    assert not wrong, wrong


def told(tx: sa.Connection, scene: Scene, audience: str, kind: NoticeKind, who: str) -> str:
    """As it is made into words just before it is sent."""
    notice, facts = house_of(audience).notices[kind], NOTICES[kind].facts(scene)
    try:
        answer = app.ask(tx, scene.actors[who], notice.needs(facts), NOON)
    except Refusal:
        return ""
    screen = notice.show(facts, answer)
    return "" if screen is None else repr(houses().speeches["en"].show(screen))
