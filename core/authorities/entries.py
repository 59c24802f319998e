"""How an official enters: a single-use link is issued, looked at, spent; spending it opens a desk, and the desk says
who works there until it is left, expires or is revoked. In a messenger the chat itself is the desk. Everything that
changes something is on the journal."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Nobody, Official, Role, System
from core.audit import record
from core.authorities.queries import find_official
from core.authorities.tables import authorities, desks, entries, officials
from core.authorities.types import EnterDesk, EntryCard, LeaveDesk, ShowEntry
from core.conversations import of_person
from core.conversations.tables import conversations, forms
from core.errors import NotAllowed, Refusal
from core.lines import line
from core.outbox import withdraw
from core.outcome import Outcome
from core.pins import touch_of

TOKEN_BYTES = 32
ENTRY_LASTS = timedelta(hours=24)
DESK_LASTS = timedelta(days=30)
DESK_IDLES = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
"""A desk in use is written down no oftener."""
OFFICIAL, PAGE = "official", "web"
"""The kind of person, and the messenger whose desks are opened by a page, with a cookie."""
NOBODY = 0
"""Stands for the official of a chat that is nobody's desk."""


def issue_entry(tx: Connection, official_id: int, now: datetime) -> str:
    """The token of a new link; it is told once and cannot be read again."""
    if find_official(tx, official_id) is None:
        raise NotAllowed
    token = secrets.token_urlsafe(TOKEN_BYTES)
    times = {"created_at": now, "expires_at": now + ENTRY_LASTS}
    tx.execute(entries.insert().values(token_hash=_hash(token), official_id=official_id, **times))
    record(tx, System(), "issue_entry", "official", official_id, now)
    return token


def look_at_entry(conn: Connection, token: str, now: datetime) -> EntryCard | None:
    """Looking never spends: messengers and scanners fetch links before people do."""
    joined = entries.join(officials, officials.c.id == entries.c.official_id).join(
        authorities, authorities.c.id == officials.c.authority_id
    )
    card = sa.select(officials.c.name, authorities.c.name.label("authority")).select_from(joined)
    row = conn.execute(card.where(*_open(token, now), officials.c.revoked_at.is_(None))).first()
    return EntryCard(row.name, row.authority) if row else None


def spend_entry(tx: Connection, token: str, now: datetime) -> str:
    """The token of the desk that is open now. Of two who come at once, one wins."""
    official = _spend(tx, token, now)
    desk = secrets.token_urlsafe(TOKEN_BYTES)
    times = {"created_at": now, "seen_at": now, "expires_at": now + DESK_LASTS}
    tx.execute(desks.insert().values(token_hash=_hash(desk), official_id=official.id, **times))
    record(tx, official, "enter", "official", official.id, now)
    return desk


def _spend(tx: Connection, token: str, now: datetime) -> Official:
    in_office = sa.select(officials.c.id).where(officials.c.revoked_at.is_(None))
    spent = entries.update().where(*_open(token, now), entries.c.official_id.in_(in_office)).values(spent_at=now)
    official_id = tx.execute(spent.returning(entries.c.official_id)).scalar()
    official = None if official_id is None else find_official(tx, official_id)
    if official is None:
        raise _why_not(tx, token, now)
    return official


def show_entry(conn: Connection, actor: Nobody, query: ShowEntry, now: datetime) -> EntryCard | None:
    return look_at_entry(conn, query.token, now)


def enter_desk(tx: Connection, actor: Nobody, key: str, command: EnterDesk, now: datetime) -> Outcome:
    """In a chat that is nobody's yet. Whoever is there already has been told so before."""
    c = conversations.c
    card = _works_here(tx, actor.conversation, command.token)
    if card is None:
        official = _spend(tx, command.token, now)
        here = (c.id == actor.conversation, c.person_kind == OFFICIAL, c.messenger != PAGE)
        free = sa.update(conversations).where(*here, c.person_id.in_((NOBODY, official.id)))
        if tx.execute(free.values(person_id=official.id)).rowcount != 1:
            raise NotAllowed
        record(tx, official, "enter", "official", official.id, now, conversation=actor.conversation)
        card = _works_here(tx, actor.conversation, command.token)
    return Outcome(card)


def _works_here(tx: Connection, conversation_id: int, token: str) -> EntryCard | None:
    """The official of the link, if the chat is their desk."""
    c, o, e = conversations.c, officials.c, entries.c
    of_link = sa.select(o.name, authorities.c.name.label("authority")).where(
        e.token_hash == _hash(token), o.id == e.official_id, o.revoked_at.is_(None), authorities.c.id == o.authority_id
    )
    row = tx.execute(of_link.where(c.id == conversation_id, c.person_kind == OFFICIAL, c.person_id == o.id)).first()
    return EntryCard(row.name, row.authority) if row else None


def leave_chats(tx: Connection, actor: Official, key: str, command: LeaveDesk, now: datetime) -> Outcome:
    """The move that is just made in one of them goes on to its end."""
    left = _close_chats(tx, actor.id, now)
    if left:
        record(tx, actor, "leave_chats", "official", actor.id, now, chats=len(left))
    return Outcome(len(left))


def _close_chats(tx: Connection, official_id: int, now: datetime) -> tuple[int, ...]:
    """They are nobody's desk; what was begun there is nobody's either, and their cards are closed."""
    c = conversations.c
    theirs = (c.person_kind == OFFICIAL, c.person_id == official_id, c.messenger != PAGE)
    closed = sa.update(conversations).where(*theirs).values(person_id=NOBODY).returning(c.id)
    left = tuple(sorted(tx.execute(closed).scalars()))
    tx.execute(sa.delete(forms).where(forms.c.conversation_id.in_(left)))
    withdraw(tx, left, "nobody works there any more", now)
    for conversation in left:
        touch_of(tx, conversation, now)
    return left


def desk_official(conn: Connection, desk_token: str, now: datetime) -> tuple[int, Official] | None:
    """The desk and who works there; None if it was left or revoked, or has stood idle for too long."""
    d, o = desks.c, officials.c
    found = sa.select(d.id.label("desk"), o.id, o.authority_id, o.role).join_from(
        desks, officials, o.id == d.official_id
    )
    row = conn.execute(found.where(d.token_hash == _hash(desk_token), *_alive(now))).first()
    return (row.desk, Official(row.id, row.authority_id, Role(row.role))) if row else None


def desk_is_open(conn: Connection, desk_id: int, now: datetime) -> bool:
    d = desks.c
    there = sa.select(d.id).join_from(desks, officials, officials.c.id == d.official_id)
    return conn.execute(there.where(d.id == desk_id, *_alive(now))).first() is not None


def _alive(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Not left, not idle, not run out, and the official is in office."""
    d = desks.c
    in_use = (d.expires_at > now, d.seen_at > now - DESK_IDLES)
    return d.revoked_at.is_(None), officials.c.revoked_at.is_(None), *in_use


def touch_desk(tx: Connection, desk_id: int, now: datetime) -> None:
    """The desk is in use; call it in the write of any move made there."""
    d = desks.c
    tx.execute(desks.update().where(d.id == desk_id, d.seen_at < now - SEEN_EVERY).values(seen_at=now))


def leave_desk(tx: Connection, desk_id: int, now: datetime) -> None:
    d = desks.c
    left = desks.update().where(d.id == desk_id, d.revoked_at.is_(None)).values(revoked_at=now)
    official_id = tx.execute(left.returning(d.official_id)).scalar()
    if official_id is not None:
        record(tx, System(), "leave_desk", "official", official_id, now)


def revoke_official(tx: Connection, official_id: int, now: datetime) -> None:
    """At once: links and desks ask for the official every time, and the cards that are on show are closed. A move that
    is being made in one of their chats is lost."""
    o = officials.c
    revoked = officials.update().where(o.id == official_id, o.revoked_at.is_(None)).values(revoked_at=now)
    if tx.execute(revoked).rowcount:
        record(tx, System(), "revoke", "official", official_id, now)
        for conversation in of_person(tx, OFFICIAL, official_id):
            touch_of(tx, conversation, now)
        c = conversations.c
        left = _close_chats(tx, official_id, now)
        tx.execute(sa.update(conversations).where(c.id.in_(left)).values(version=c.version + 1))


def _open(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    e = entries.c
    return e.token_hash == _hash(token), e.spent_at.is_(None), e.expires_at > now


def _why_not(tx: Connection, token: str, now: datetime) -> Refusal:
    e = entries.c
    row = tx.execute(sa.select(e.spent_at, e.expires_at).where(e.token_hash == _hash(token))).first()
    if row is None:
        return Refusal(line("This link does not open anything. Please check that you have copied all of it."))
    if row.expires_at <= now:
        return Refusal(line("This link is older than a day. Please ask your administrator for a new one."))
    if row.spent_at is not None:
        return Refusal(line("This link has been used already. Please ask your administrator for a new one."))
    return NotAllowed()


def _hash(token: str) -> str:
    """`surrogatepass`: a token comes from an address line and may hold anything."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
