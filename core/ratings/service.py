"""Takes the author's rating of an answer; with it the appeal is closed. Having it looked at again is the appeal's
matter."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.appeals.changes import change, changed, found
from core.appeals.clocks import wait_no_more
from core.appeals.rules import is_low, to_curator
from core.appeals.types import OPEN, REOPEN_MOST, Status
from core.appeals.whose import of_author
from core.appeals.wording import wrong_words
from core.errors import Refusal
from core.lines import Line, line
from core.outcome import Outcome
from core.ratings.tables import ratings
from core.ratings.types import SCORES, ExplainRating, RateAnswer, Rated
from core.region.store import read_region


def rate_answer(tx: Connection, actor: Citizen, key: str, command: RateAnswer, now: datetime) -> Outcome:
    if command.score not in SCORES:
        raise Refusal(line("Please rate from 1 to 5."))
    row = change(tx, actor, key, command.number, Status.CLOSED, now, score=command.score)
    if row is None:
        return Outcome(_rated_before(tx, actor, key, command))
    wait_no_more(tx, row.number)
    fact = {"appeal_id": row.id, "round": row.reopened, "citizen_id": actor.id, "score": command.score}
    tx.execute(ratings.insert().values({**fact, "at": now, "key": key}))
    return Outcome(_rated(tx, command.score, row.reopened), (changed(row, own=True),))


def explain_rating(tx: Connection, actor: Citizen, key: str, command: ExplainRating, now: datetime) -> Outcome:
    """Of their last rating: the answer may be another one by now."""
    if why := wrong_words(command.why):
        raise Refusal(why)
    r = ratings.c
    row = found(tx, command.number, of_author(actor))
    given = tx.execute(
        sa.select(r.id, r.why_key).where(r.appeal_id == row.id, r.citizen_id == actor.id).order_by(r.id.desc())
    ).all()
    if not given:
        raise Refusal(line("Please rate the answer first."))
    if key not in {each.why_key for each in given}:
        tx.execute(ratings.update().where(r.id == given[0].id).values(why=command.why, why_key=key))
    return Outcome(row.number)


def _rated(tx: Connection, score: int, reopened: int) -> Rated:
    low = is_low(score, read_region(tx).reopen_score)
    again = low and reopened < REOPEN_MOST
    return Rated(score, low=low, again=again, curator=again and to_curator(reopened))


def _rated_before(tx: Connection, actor: Citizen, key: str, command: RateAnswer) -> Rated:
    """As it was, if it was this very command that rated; else Refusal with what to do."""
    r = ratings.c
    row = found(tx, command.number, of_author(actor))
    this = (r.appeal_id == row.id, r.citizen_id == actor.id, r.key == key)
    given = tx.execute(sa.select(r.score, r.round).where(*this)).first()
    if given is None:
        raise Refusal(_why_not(Status(row.status), rated=row.score is not None))
    return _rated(tx, given.score, given.round)


def _why_not(status: Status, *, rated: bool) -> Line:
    if status in OPEN:
        return line("There is no answer yet. We will tell you as soon as it is here.")
    if rated:
        return line("You have rated this answer already. Thank you!")
    if status is Status.CLOSED:
        return line("The time for a rating is over. If the problem is still there, please send a new message.")
    return line("This message was closed without an answer. If the problem is still there, please send a new message.")
