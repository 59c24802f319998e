"""The table of jobs: what each kind does outside of any transaction, and what it records together with its end. A crash
anywhere means that all of it is done again, so that each may be done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bots.files.store import FileStore
from core import jobs
from core.citizens.queries import who_is_now
from core.db import Database
from core.personal import drafts, retention
from core.personal.erasure import erase
from core.personal.export import gather, pack
from core.personal.handing import hand_over, language_of
from core.personal.service import ERASE, EXPORT
from core.speech import Speeches

BLOBS = "blobs"
DAILY, HOURLY = "prune", "sweep"
AT_ONCE = 200
"""Blobs of one job."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What slow work may use; each thing may be used by any thread."""

    db: Database
    store: FileStore
    speeches: Speeches


Record = Callable[[Connection, datetime], None]
"""What is written in one transaction with the end of the job."""
Work = Callable[[Tools, Mapping[str, Any], datetime], Record]
"""Runs in a thread of its own and may take its time."""


def prune(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
    return lambda tx, now: drop(tx, retention.prune(tx, now), now)


def sweep(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
    def record(tx: Connection, now: datetime) -> None:
        drafts.forget(tx, now)
        drafts.remind(tx, now)
        drop(tx, retention.prune_exports(tx, now), now)

    return record


def export(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
    citizen = tools.db.read(lambda conn: who_is_now(conn, payload["citizen"])).result()
    lang = tools.db.read(lambda conn: language_of(conn, citizen)).result()
    gathered = tools.db.read(lambda conn: gather(conn, citizen)).result()
    archive = pack(gathered, tools.speeches[lang].say, tools.store.read, began)
    name, size = tools.store.save(archive), len(archive)
    return lambda tx, now: drop(tx, hand_over(tx, citizen, name, size, now), now)


def forget(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
    return lambda tx, now: drop(tx, erase(tx, payload["citizen"], now), now)


def delete_blobs(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
    """After the commit that has taken their files away: until then they are needed."""
    names = tuple(payload["names"])
    for name in tools.db.read(lambda conn: retention.unneeded(conn, names)).result():
        tools.store.delete(name)
    return lambda tx, now: None


def drop(tx: Connection, blobs: Iterable[str], now: datetime) -> None:
    """Has those blobs deleted that nobody else needs."""
    names = sorted(blobs)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        jobs.enqueue(tx, key=f"{BLOBS}:{some[0]}:{now.isoformat()}", kind=BLOBS, payload={"names": some}, now=now)


def enqueue_due(tx: Connection, now: datetime) -> None:
    """The work of this day and of this hour, once each."""
    jobs.enqueue(tx, key=f"{DAILY}:{now:%Y-%m-%d}", kind=DAILY, payload={}, now=now)
    jobs.enqueue(tx, key=f"{HOURLY}:{now:%Y-%m-%dT%H}", kind=HOURLY, payload={}, now=now)


WORK: Mapping[str, Work] = {
    DAILY: prune,
    HOURLY: sweep,
    EXPORT: export,
    ERASE: forget,
    BLOBS: delete_blobs,
}
"""By kind of job."""
