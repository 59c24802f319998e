"""Another look at an answer that was rated low: the first time by the same authority, the second by the curator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.actors import Citizen
from core.appeals import declined
from core.appeals.changes import change, changed, held, made
from core.appeals.clocks import reopens_until
from core.appeals.rules import may_reopen, to_curator
from core.appeals.types import ReopenAppeal, Reopened, Status
from core.appeals.whose import of_author
from core.appeals.wording import wrong_comment
from core.authorities.queries import authority_name, curator_at_or_above
from core.errors import Refusal
from core.outcome import Outcome
from core.region.calendar import due
from core.region.store import read_region, working_calendar
from core.rubricator.queries import old_promise_of


def reopen_appeal(tx: Connection, actor: Citizen, key: str, command: ReopenAppeal, now: datetime) -> Outcome:
    if why := wrong_comment(command.why):
        raise Refusal(why)
    row = held(tx, command.number, of_author(actor))
    if before := made(tx, actor, key, row.number, Status.REOPENED):
        return Outcome(Reopened(row.number, authority_name(tx, before.authority_id), row.due_at))
    _check(tx, row, now)
    promise = old_promise_of(tx, row.category)
    anew = {
        "authority_id": _authority(tx, row),
        "official_id": None,
        "hops": 0,
        "reopened": row.reopened + 1,
        "score": None,
        "due_at": due(working_calendar(read_region(tx)), now, promise.days, promise.basis),
        "due_basis": promise.basis,
    }
    after = change(tx, actor, key, row.number, Status.REOPENED, now, text=command.why, **anew)
    if after is None:
        raise LookupError("An appeal that is held has changed.")
    reopened = Reopened(after.number, authority_name(tx, after.authority_id), after.due_at)
    return Outcome(reopened, (changed(after, own=True),))


def _check(tx: Connection, row: Row[Any], now: datetime) -> None:
    low = read_region(tx).reopen_score
    if row.status == Status.CLOSED:
        until = reopens_until(tx, row.id)
        if may_reopen(row.score, row.reopened, low=low, until=until, now=now):
            return
    raise Refusal(declined.to_reopener(Status(row.status), score=row.score, low=low, reopened=row.reopened))


def _authority(tx: Connection, row: Row[Any]) -> int:
    same = int(row.authority_id)
    return curator_at_or_above(tx, same) or same if to_curator(row.reopened) else same
