"""Forms that a person has begun in another of their conversations: offered there, and taken over by one move at most.
What the screens then say is not its business."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.conversations import service
from core.conversations.service import Lost
from core.conversations.tables import conversations, forms
from core.conversations.types import Conversation, Elsewhere, FormRow

CITIZEN = "citizen"
"""Officials have one desk: what they have begun there is not looked for in their other chats."""
_F, _C = forms.c, conversations.c
_THEIRS = (
    sa.select(_F.run, _F.name, _F.depth, _F.session, _F.version, _F.conversation_id, _C.messenger, _C.person_id)
    .join_from(forms, conversations, _C.id == _F.conversation_id)
    .where(
        _C.person_kind == CITIZEN,
        _C.person_id.in_(sa.bindparam("people", expanding=True)),
        _C.erased_at.is_(None),
    )
    .order_by(_F.updated_at.desc(), _F.id)
)


def read(conn: Connection, ids: Sequence[int]) -> dict[int, Conversation]:
    """The conversations, with what their people have begun in others, the latest first."""
    known = service.read(conn, ids)
    people = {there.person.id for there in known.values() if there.person.kind == CITIZEN}
    begun = _begun(conn, people) if people else {}
    return {id: replace(here, elsewhere=_for(here, begun.get(here.person.id, ()))) for id, here in known.items()}


def _for(here: Conversation, begun: Sequence[Elsewhere]) -> tuple[Elsewhere, ...]:
    if here.person.kind != CITIZEN:
        return ()
    own = {form.run for form in here.forms}
    return tuple(each for each in begun if each.conversation_id != here.id and each.form.run not in own)


def _begun(conn: Connection, people: Collection[int]) -> dict[int, list[Elsewhere]]:
    begun = defaultdict[int, list[Elsewhere]](list)
    for row in conn.execute(_THEIRS, {"people": list(people)}):
        form = FormRow(row.run, row.name, row.depth, row.session)
        begun[row.person_id].append(Elsewhere(row.conversation_id, row.messenger, form, row.version))
    return begun


def take(tx: Connection, here: Conversation, taken: Sequence[Elsewhere]) -> Conversation:
    """They stand here from now on, as they were read; whoever is serving one of the others has to read it again. Raises
    Lost where one of them has changed meanwhile or is just being changed."""
    others = {each.conversation_id for each in taken}
    if others:
        _lock(tx, here, {here.id, *others})
        c = conversations.c
        tx.execute(sa.update(conversations).where(c.id.in_(others)).values(version=c.version + 1))
    for each in taken:
        f = forms.c
        same = (f.run == each.form.run, f.conversation_id == each.conversation_id, f.version == each.version)
        moved = sa.update(forms).where(*same).values(conversation_id=here.id, version=f.version + 1)
        if tx.execute(moved).rowcount != 1:
            raise Lost
    return replace(here, forms=(*here.forms, *(each.form for each in taken))) if taken else here


def _lock(tx: Connection, here: Conversation, ids: Collection[int]) -> None:
    """Nobody waits for a lock here: two who take from each other would wait for ever."""
    c = conversations.c
    theirs = (c.person_kind == here.person.kind, c.person_id == here.person.id, c.erased_at.is_(None))
    there = sa.select(c.id).where(c.id.in_(ids), *theirs).order_by(c.id)
    if len(tx.execute(there.with_for_update(skip_locked=True, key_share=True)).all()) < len(ids):
        raise Lost


def leave_behind(tx: Connection, id: int, live: Mapping[str, Any], guards: Collection[str]) -> None:
    """Where they were taken from this is on show now, and what has stood before them asks nothing any more."""
    f = forms.c
    tx.execute(sa.update(conversations).where(conversations.c.id == id).values(live=dict(live)))
    tx.execute(sa.delete(forms).where(f.conversation_id == id, f.name.in_(guards), f.depth.is_not(None)))


def put_aside(tx: Connection, id: int, there: int) -> None:
    """All that was begun in one waits in the other, below what is open there. A move that is just made there saves only
    the forms that it knows."""
    f = forms.c
    begun = sa.update(forms).where(f.conversation_id == id)
    tx.execute(begun.values(conversation_id=there, depth=None, version=f.version + 1))
