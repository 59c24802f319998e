"""Takes the citizen's rating of an answer; with it the appeal is closed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.appeals.service import close_rated, own_appeal, rated
from core.appeals.types import Status
from core.errors import Refusal
from core.lines import line
from core.outcome import Outcome
from core.ratings.tables import ratings
from core.ratings.types import SCORES, RateAnswer


def rate_answer(tx: Connection, actor: Citizen, key: str, command: RateAnswer, now: datetime) -> Outcome:
    if command.score not in SCORES:
        raise Refusal(line("Please rate from 1 to 5."))
    row = close_rated(tx, actor, key, command.number, command.score, now)
    if row is None:
        return Outcome(_rated_before(tx, actor, key, command))
    fact = {"appeal_id": row.id, "citizen_id": actor.id, "score": command.score, "at": now, "key": key}
    tx.execute(ratings.insert().values(fact))
    return Outcome(command.score, (rated(row),))


def _rated_before(tx: Connection, actor: Citizen, key: str, command: RateAnswer) -> int:
    """The score, if it was this very command that rated; else Refusal with what to do."""
    row = own_appeal(tx, actor, command.number)
    given = tx.execute(sa.select(ratings.c.score, ratings.c.key).where(ratings.c.appeal_id == row.id)).first()
    if given is not None and given.key == key:
        return int(given.score)
    if given is not None:
        raise Refusal(line("You have rated this answer already. Thank you!"))
    if row.status == Status.CLOSED:
        raise Refusal(line("The time for a rating is over. If the problem is still there, please send a new message."))
    raise Refusal(line("There is no answer yet. We will tell you as soon as it is here."))
