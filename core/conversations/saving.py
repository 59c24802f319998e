"""Saving what many moves have made of their conversations, with a statement for all of them instead of some for each.
The same rules as for one: the lease and the version say whether it may be saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.conversations.tables import conversations, forms
from core.conversations.types import Conversation, FormRow, Saved

_C, _F = conversations.c, forms.c
_HELD = (
    sa.select(_C.id, _C.version)
    .where(_C.id.in_(sa.bindparam("ids", expanding=True)), _C.lease_owner == sa.bindparam("owner"))
    .order_by(_C.id)
    .with_for_update(key_share=True)
)
_HERE = _C.id == sa.bindparam("here")
_KEPT = {
    "lang": sa.bindparam("lang"),
    "version": _C.version + 1,
    "heard_at": sa.bindparam("now", type_=_C.heard_at.type),
    "lease_owner": None,
    "lease_until": None,
}
_SAVE = sa.update(conversations).where(_HERE).values(_KEPT)
_SAVE_LIVE = sa.update(conversations).where(_HERE).values({**_KEPT, "live": sa.bindparam("live", type_=_C.live.type)})
_END = sa.delete(forms).where(_F.run == sa.bindparam("form"), _F.conversation_id == sa.bindparam("here"))
_CHANGE = (
    sa.update(forms)
    .where(_F.run == sa.bindparam("form"))
    .values(
        depth=sa.bindparam("now_depth"),
        session=sa.bindparam("now_session", type_=_F.session.type),
        updated_at=sa.bindparam("now", type_=_F.updated_at.type),
        version=_F.version + 1,
    )
)
_BEGIN = sa.insert(forms)


@dataclass(frozen=True, slots=True)
class Left:
    """What a move leaves of its conversation."""

    before: Conversation
    saved: Saved


def hold_still(tx: Connection, before: Sequence[Conversation], owner: str) -> set[int]:
    """Those that are still `owner`'s and as they were read; nobody changes them before the end of the transaction."""
    held = tx.execute(_HELD, {"ids": [one.id for one in before], "owner": owner})
    versions = {row.id: row.version for row in held}
    return {one.id for one in before if versions.get(one.id) == one.version}


def save_all(tx: Connection, left: Sequence[Left], now: datetime) -> None:
    """All of them are held still. Also gives the leases back."""
    plain, shown = list[dict[str, Any]](), list[dict[str, Any]]()
    ended, changed, begun = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for one in left:
        before, saved = one.before, one.saved
        kept = {"here": before.id, "lang": saved.lang, "now": now}
        if saved.live == before.live:  # what is on show may have been renewed meanwhile
            plain.append(kept)
        else:
            shown.append({**kept, "live": saved.live})
        old, runs = {form.run: form for form in before.forms}, {form.run for form in saved.forms}
        ended += [{"form": run, "here": before.id} for run in old if run not in runs]
        for form in saved.forms:
            if form.run not in old:
                begun.append(_begun(before, form, now))
            elif form != old[form.run]:
                changed.append({"form": form.run, "now_depth": form.depth, "now_session": form.session, "now": now})
    for statement, rows in ((_SAVE, plain), (_SAVE_LIVE, shown), (_END, ended), (_CHANGE, changed), (_BEGIN, begun)):
        if rows:
            tx.execute(statement, rows)


def _begun(before: Conversation, form: FormRow, now: datetime) -> dict[str, Any]:
    made = {"run": form.run, "name": form.name, "conversation_id": before.id, "created_at": now}
    person = {"person_kind": before.person.kind, "person_id": before.person.id}
    return {**made, **person, "depth": form.depth, "session": form.session, "updated_at": now}
