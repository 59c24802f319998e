"""Codes by which people join their chats: made in one chat, entered in another. Wrong ones are counted, and the count
outlives the command. How two citizens become one is not decided here."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Citizen
from core.citizens.codes import new_code, read_code
from core.citizens.queries import messengers_of
from core.citizens.tables import join_tries, joins
from core.citizens.types import FindJoin, IssueJoin, JoinCard, JoinCode
from core.errors import Refusal
from core.lines import line
from core.outcome import Outcome
from core.sql import insert_once

LIFE = timedelta(minutes=10)
FACTS_MOST, WORDS_MOST = 4, 64
OF_CITIZEN, OF_ALL, WITHIN = 5, 1000, timedelta(hours=1)
"""So many wrong codes, and then the right one must wait too: whoever guesses may take a new name for every try."""
_J = joins.c


def issue_join(tx: Connection, actor: Citizen, key: str, command: IssueJoin, now: datetime) -> Outcome:
    facts = dict(command.facts)
    if len(facts) > FACTS_MOST or any(len(word) > WORDS_MOST for pair in facts.items() for word in pair):
        raise ValueError("These facts are too much for a join.")
    tx.execute(sa.delete(joins).where(_J.citizen_id == actor.id, _J.spent_at.is_(None)))
    code, expires = new_code(), now + LIFE
    row = {"code_hash": _hash(code), "citizen_id": actor.id, "facts": facts, "created_at": now, "expires_at": expires}
    tx.execute(joins.insert().values(row))
    return Outcome(JoinCode(code, expires, messengers_of(tx, actor.id)))


def find_join(tx: Connection, actor: Citizen, key: str, command: FindJoin, now: datetime) -> Outcome:
    found = entered(tx, actor, key, command.code, now)
    if found is None or not is_good(found, now):
        return Outcome(None)
    own = found.citizen_id == actor.id
    return Outcome(JoinCard(messengers_of(tx, found.citizen_id), found.facts, own=own))


def entered(tx: Connection, actor: Citizen, key: str, words: str, now: datetime) -> Row[Any] | None:
    """The row of `joins` for the code that these words are, good or not; a code that never was is counted. A Refusal
    would undo the counting."""
    code = read_code(words)
    if code is None or _tried(tx, key):
        return None
    _stop_guessing(tx, actor, now)
    found = tx.execute(sa.select(joins).where(_J.code_hash == _hash(code))).first()
    if found is None:
        insert_once(tx, join_tries, {"citizen_id": actor.id, "at": now, "key": key}, ("key",))
    return found


def is_good(found: Row[Any], now: datetime) -> bool:
    return found.spent_at is None and found.expires_at > now


def spend(tx: Connection, found: Row[Any], key: str, now: datetime) -> bool:
    """False where somebody has been faster."""
    same = sa.update(joins).where(_J.id == found.id, _J.citizen_id == found.citizen_id, _J.spent_at.is_(None))
    return tx.execute(same.values(spent_at=now, key=key)).rowcount == 1


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _tried(tx: Connection, key: str) -> bool:
    return tx.execute(sa.select(join_tries.c.id).where(join_tries.c.key == key)).first() is not None


def _stop_guessing(tx: Connection, actor: Citizen, now: datetime) -> None:
    t = join_tries.c
    lately = t.at > now - WITHIN
    if _count(tx, t.citizen_id == actor.id, lately) >= OF_CITIZEN:
        raise Refusal(line("The code was wrong too often. Please try again in an hour, with a new code."))
    if _count(tx, lately) >= OF_ALL:
        raise Refusal(line("Too many wrong codes were tried lately. Please try again in an hour."))


def _count(tx: Connection, *that: sa.ColumnElement[bool]) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(join_tries).where(*that)).scalar_one()
