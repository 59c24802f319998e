"""The parts of the pipe over a real database, driven turn by turn, with a clock that the test sets."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import structlog.testing
from sqlalchemy.engine import Connection

from bots.config import ROOT
from bots.deliver import Deliver
from bots.front import Front
from bots.house import Houses, load_houses
from bots.schema import metadata_with_all_tables
from bots.served import Served
from bots.signals import Signals
from bots.transport import Outcome, Parcel, Sent, Transport
from core.conversations import service as conversations
from core.conversations.types import Conversation
from core.db import Database
from core.inbox import service as inbox
from core.outbox import enqueue_notice
from core.outbox import service as outbox
from core.outbox.types import Lane, State
from core.shown import Shown, to_json
from core.speech import Speech, Speeches, load_speeches
from core.talk import Command, Incoming, Message
from dialogs.house import House, unwire
from dialogs.registry import gather
from tests.builders import NOON, Chat, a_citizen, fill
from tests.pipe import dialogs

T = TypeVar("T")
TABLES = metadata_with_all_tables().tables
ENGLISH = {lang: Speech(lang, gettext.NullTranslations(), ZoneInfo("UTC")) for lang in ("ru", "en")}


def real_houses(zone: str = "UTC") -> Houses:
    """The dialogs of the product, in its languages."""
    return load_houses(load_speeches(ROOT / "locales", ZoneInfo(zone)))


@dataclass
class Postbox:
    """A messenger behind the Transport port: keeps what it is sent and answers as it is told, or that all went well."""

    answers: list[Outcome] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Outcome:
        self.parcels.append(parcel)
        return self.answers.pop(0) if self.answers else Sent((f"m{len(self.parcels)}",), confirmed=True)

    @property
    def texts(self) -> list[str]:
        return [parcel.shown.text for parcel in self.parcels]


@dataclass
class Pipe:
    db: Database
    now: datetime = NOON
    houses: Houses = field(
        default_factory=lambda: Houses(
            House(gather([dialogs]), "home", "note"), House(gather([dialogs]), "home"), Speeches(ENGLISH)
        )
    )
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def write(self, fn: Callable[[Connection], T]) -> T:
        return self.db.write(fn).result()

    def read(self, fn: Callable[[Connection], T]) -> T:
        return self.db.read(fn).result()

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def a_citizen(self, *, consent: bool = False) -> Chat:
        return self.write(lambda tx: a_citizen(tx, self.now, consent=consent))

    # What comes in

    def hears(self, chat: Chat, event: Incoming, key: str = "") -> bool:
        name, now = key or f"key-{next(self._keys)}", self.now
        return self.write(lambda tx: inbox.accept(tx, chat.id, name, event, b"raw", now))

    def says(self, chat: Chat, *texts: str) -> None:
        for text in texts:
            self.hears(chat, Message(text))

    def presses(self, chat: Chat, data: str) -> None:
        self.hears(chat, unwire(data))

    def commands(self, chat: Chat, name: str, args: str = "") -> None:
        self.hears(chat, Command(name, args))

    def front(self, owner: str = "front", reached: Callable[[str], None] = lambda hop: None) -> Front:
        return Front(self.db, self.houses, Signals(), lambda: self.now, owner, reached)

    async def turns(self) -> int:
        """Until nothing waits; how many updates have been heard."""
        front, heard = self.front(), 0
        while more := await front.turn():
            heard += more
        return heard

    def talk(self, chat: Chat) -> Conversation:
        return self.read(lambda conn: conversations.read(conn, [chat.id])[chat.id])

    # What goes out

    def enqueues(self, chat: Chat, text: str, *, edit: bool = False, keep: bool = False, **more: Any) -> None:
        key, now, body = f"key-{next(self._keys)}", self.now, to_json(Shown(text, keep=keep))
        self.write(lambda tx: outbox.enqueue_screen(tx, chat.id, body, key=key, edit=edit, keep=keep, now=now, **more))

    def notifies(self, chat: Chat, facts: Mapping[str, str], lane: Lane = Lane.PUSH, kind: str = "status") -> None:
        key, now = f"key-{next(self._keys)}", self.now
        self.write(lambda tx: enqueue_notice(tx, chat.id, kind, facts, lane, key, now))

    def deliver(
        self,
        transport: Transport,
        lanes: Sequence[Lane] = tuple(Lane),
        owner: str = "deliver",
        reached: Callable[[str], None] = lambda hop: None,
    ) -> Deliver:
        served = Served("web", transport, lambda: lanes)
        return Deliver(self.db, self.houses, served, Signals(), lambda: self.now, owner, reached)

    async def delivers(self, transport: Transport) -> None:
        deliver = self.deliver(transport)
        while await deliver.turn():
            pass

    # What is there

    def rows(self, table: str, *names: str, **only: Any) -> list[Any]:
        t = TABLES[table]
        found = sa.select(*(t.c[name] for name in names)).where(*(t.c[name] == value for name, value in only.items()))
        rows = self.read(lambda conn: conn.execute(found.order_by(*t.primary_key.columns)).all())
        return [tuple(row) if len(names) > 1 else row[0] for row in rows]

    def sent(self, chat: Chat) -> list[tuple[str, State]]:
        """What has been put into the outbox for this chat, and what has become of it."""
        rows = self.rows("outbox", "body", "state", conversation_id=chat.id)
        return [(body.get("text", ""), State(state)) for body, state in rows]

    def texts(self, chat: Chat) -> list[str]:
        return [text for text, state in self.sent(chat) if state is not State.SUPERSEDED]


@pytest.fixture(autouse=True)
def no_long_logs() -> Iterator[None]:
    """These tests break things on purpose, and a traceback with all its values takes long to print."""
    with structlog.testing.capture_logs():
        yield


@contextmanager
def a_pipe(url: str) -> Iterator[Pipe]:
    with closing(Database(url)) as db:
        db.write(fill).result()
        yield Pipe(db)


@pytest.fixture
def pipe(engine_url: str) -> Iterator[Pipe]:
    with a_pipe(engine_url) as pipe:
        yield pipe
