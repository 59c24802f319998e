"""Passes an appeal on to another authority. Who would do it once too often passes it to the curator, who decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.actors import Official, Role
from core.appeals import declined
from core.appeals.changes import change, changed, held, made
from core.appeals.rules import HOPS_MOST
from core.appeals.types import RedirectAppeal, Redirected, Status
from core.appeals.wording import is_code, wrong_words
from core.audit import record
from core.authorities.queries import authority_by_code, authority_name, curator_at_or_above
from core.errors import NotAllowed, Refusal
from core.lines import line
from core.outcome import Outcome


def redirect_appeal(tx: Connection, actor: Official, key: str, command: RedirectAppeal, now: datetime) -> Outcome:
    if why := wrong_words(command.reason):
        raise Refusal(why)
    row = held(tx, command.number)  # it may be elsewhere by now, because of this very command
    if before := made(tx, actor, key, row.number, Status.REDIRECTED):
        return _redirected(tx, row.number, before.authority_id)
    if row.authority_id != actor.authority_id:
        raise NotAllowed
    there = _named(tx, command.authority)
    if there == actor.authority_id:
        raise Refusal(line("This message is with your organization already. Please choose another one."))
    goes = {"authority_id": _where(tx, actor, row, there), "official_id": None, "hops": row.hops + 1}
    after = change(tx, actor, key, row.number, Status.REDIRECTED, now, text=command.reason, **goes)
    if after is None:
        raise Refusal(declined.to_official(Status(row.status), mine=row.official_id == actor.id))
    record(tx, actor, "redirect", "appeal", row.number, now, to=after.authority_id)
    return _redirected(tx, row.number, after.authority_id, changed(after))


def _named(tx: Connection, code: str) -> int:
    there = authority_by_code(tx, code) if is_code(code) else None
    if there is None:
        raise Refusal(line("There is no such organization on our list. Please choose one from it."))
    return there


def _where(tx: Connection, actor: Official, row: Row[Any], named: int) -> int:
    if row.hops < HOPS_MOST or actor.role is Role.CURATOR:
        return named
    curated = curator_at_or_above(tx, actor.authority_id)
    if curated == actor.authority_id:
        raise Refusal(
            line("It has been passed on often enough. Please ask the curator of your organization to decide.")
        )
    return named if curated is None else curated


def _redirected(tx: Connection, number: str, authority_id: int, *events: object) -> Outcome:
    return Outcome(Redirected(number, authority_name(tx, authority_id)), events)
