"""Turns what has happened into notices in the outbox, each under a key of its own, so that nothing is told twice. What
they say, and how, is decided where they are sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from core.appeals.events import AppealFiled, CitizenSpoke, StatusChanged
from core.citizens.queries import channels_of, settings_of, who_is_now
from core.citizens.types import Pushes
from core.files.store import described
from core.files.types import FileLost
from core.notify.people import authors, desks_of, quiet
from core.notify.rules import status_waits, to_citizen, to_official, to_queue, where
from core.notify.types import Notice, NoticeKind
from core.outbox import Lane, enqueue_notice, hurry


def tell_queue(tx: Connection, event: AppealFiled | StatusChanged, now: datetime) -> None:
    if notice := to_queue(event):
        # It may wait in the same queue more than once.
        which = f"{event.number}:{event.version}" if isinstance(event, StatusChanged) else event.number
        _tell_desks(tx, notice, desks_of(tx, event.authority_id), which, now)


def tell_official(tx: Connection, event: CitizenSpoke, now: datetime) -> None:
    _tell_desks(tx, to_official(event), desks_of(tx, event.authority_id, event.official_id), event.key, now)


def tell_citizen(tx: Connection, event: StatusChanged, now: datetime) -> None:
    """One person, of those who want to be told, and in one place: the same news on every screen is noise."""
    for listener in authors(tx, event.number, now):
        notice = to_citizen(event, listener.pushes)
        if notice is None:
            continue
        waits = status_waits(now, listener.heard_at, listener.quiet)
        if waits is None:
            hurry(tx, listener.conversation, now)
        key = f"{notice.kind}:{event.number}:{event.version}:{listener.conversation}"
        enqueue_notice(tx, listener.conversation, notice.kind, notice.facts, Lane.PUSH, key, now, waits)
        return


def _tell_desks(tx: Connection, notice: Notice, desks: tuple[int, ...], which: str, now: datetime) -> None:
    morning = quiet(tx, now)
    for desk in desks:
        key = f"{notice.kind}:{which}:{desk}"
        enqueue_notice(tx, desk, notice.kind, notice.facts, Lane.NOTICE, key, now, morning)


def tell_lost(tx: Connection, event: FileLost, now: datetime) -> None:
    """Once for a file, to its owner: only they can send it again, or another one."""
    owner = who_is_now(tx, event.citizen_id)
    settings, channels = settings_of(tx, owner), channels_of(tx, owner)
    if settings.pushes is Pushes.NONE or not channels:
        return
    named = {each.ref: each.name for each in described(tx, (event.ref,))}
    facts = {"ref": event.ref, "name": named.get(event.ref, ""), "problem": event.problem}
    key = f"{NoticeKind.LOST}:{event.ref}"
    night = quiet(tx, now, settings.quiet_from, settings.quiet_to)
    enqueue_notice(tx, where(channels).conversation, NoticeKind.LOST, facts, Lane.NOTICE, key, now, night)
