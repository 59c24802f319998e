"""Every command and query, given by everybody: who gets it, how the others are refused, and that a refusal changes
nothing and betrays nothing."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from core import app
from core.actors import Actor, Nobody
from core.appeals.types import (
    AddNote,
    OpenByCode,
    OpenFile,
    Reason,
    RejectAppeal,
    ShowAppeal,
    ShowSheet,
    TakeAppeal,
    WithdrawAppeal,
)
from core.errors import NotAllowed, Refusal
from tests.security.rights_core import COMMANDS, QUERIES, SAID, WRONG, How, Row
from tests.security.scene import EVERYBODY, PEOPLE, Scene
from tests.web.site import NOON


def test_every_command_and_query_stands_in_the_table() -> None:
    for table, rows in ((app.COMMANDS, COMMANDS), (app.QUERIES, QUERIES)):
        assert not names(set(table) - {row.kind for row in rows}), "these have no row there"
        assert not names({row.kind for row in rows} - set(table)), "these are no entries of core/app.py"


def names(kinds: set[type]) -> list[str]:
    return sorted(kind.__name__ for kind in kinds)


def answer_of(tx: sa.Connection, actor: Actor, asked: object) -> object:
    """The answer or the Refusal."""
    try:
        if type(asked) in app.COMMANDS:
            return app.run(tx, actor, secrets.token_hex(8), asked, NOON)
        return app.ask(tx, actor, asked, NOON)
    except Refusal as refusal:
        return refusal


def came_to(scene: Scene, row: Row, actor: Actor, answer: object) -> How:
    entry = app.COMMANDS.get(row.kind) or app.QUERIES[row.kind]
    if isinstance(answer, NotAllowed):
        return How.NOT_THERE if entry.allows(actor) else How.NO_RIGHT
    if isinstance(answer, Refusal):
        return How.TOLD
    return How.DONE if row.has(answer, scene) else How.EMPTY


def wrong(scene: Scene, rows: Sequence[Row], people: Collection[str]) -> list[tuple[str, str, object]]:
    """Every cell that is not as it should be."""
    found: list[tuple[str, str, object]] = []
    for row in rows:
        asked = row.asks(scene)
        for name in people:
            actor = scene.actors[name]
            answer, changed = scene.tried(lambda tx, a=actor, c=asked: answer_of(tx, a, c))  # type: ignore[misc]
            how = came_to(scene, row, actor, answer)
            may_change = how is How.DONE and row.kind in app.COMMANDS
            told = scene.betrayed(name, repr(answer))
            if how != row.expected(name, actor) or told or (changed and not may_change):
                found.append((row.title, name, (how, told, changed, answer)))
    return found


def test_nobody_does_what_is_not_theirs_to_do(scene: Scene) -> None:
    assert set(scene.actors) == EVERYBODY
    assert not wrong(scene, COMMANDS, EVERYBODY)


def test_nobody_is_told_what_is_not_theirs_to_know(scene: Scene) -> None:
    assert not wrong(scene, QUERIES, EVERYBODY)


def test_it_is_the_same_on_postgresql(postgres_scene: Scene) -> None:
    assert not wrong(postgres_scene, (*COMMANDS, *QUERIES), ("other citizen", "official elsewhere"))


def test_what_is_not_theirs_looks_like_what_is_not_there(scene: Scene) -> None:
    pairs = (
        (ShowAppeal(scene.filed), ShowAppeal("000000000")),
        (ShowSheet(scene.filed), ShowSheet("000000000")),
        (OpenFile(scene.photo), OpenFile("x")),
        (WithdrawAppeal(scene.filed), WithdrawAppeal("000000000")),
        (AddNote(scene.filed, SAID), AddNote("000000000", SAID)),
        (TakeAppeal(scene.filed), TakeAppeal("000000000")),
        (RejectAppeal(scene.filed, Reason.SPAM, ""), RejectAppeal("000000000", Reason.SPAM, "")),
        (OpenByCode(scene.filed, WRONG), OpenByCode(scene.filed, "")),
    )
    for name in ("other citizen", "official elsewhere"):
        for pair in pairs:
            actor = scene.actors[name]
            theirs, none = (scene.tried(lambda tx, a=actor, c=c: answer_of(tx, a, c))[0] for c in pair)  # type: ignore[misc]
            assert alike(theirs, none), (name, pair)


def alike(theirs: object, none: object) -> bool:
    if isinstance(theirs, Refusal) or isinstance(none, Refusal):
        return isinstance(theirs, NotAllowed) and isinstance(none, NotAllowed)
    return theirs == none


def test_who_has_left_is_nobody(scene: Scene) -> None:
    assert set(scene.people) == PEOPLE
    assert scene.actors["revoked"] == Nobody() and scene.actors["nobody"] == Nobody(scene.door)
