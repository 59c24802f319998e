"""A move: one conversation hears what waits for it. Synchronous, and without a loop or a transport.

It begins on a reading connection and goes as far as it can; with the first command it needs the writing one, where it
ends. What one event does is all or nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy.exc
import structlog
from pydantic import ValidationError
from sqlalchemy.engine import Connection

from bots.house import Houses
from core import app
from core.actors import Actor, Citizen, Nobody
from core.authorities.entries import PAGE
from core.authorities.queries import find_official
from core.conversations import elsewhere
from core.conversations import service as conversations
from core.conversations.saving import Left
from core.conversations.types import Conversation, Elsewhere, FormRow, Person, Saved
from core.db import is_away
from core.errors import Refusal
from core.inbox import service as inbox
from core.inbox.service import Heard
from core.lines import line
from core.outbox import service as outbox
from core.outbox.replies import Reply, enqueue_replies
from core.shown import Shown, from_json, to_json
from core.speech import Speech
from core.talk import Do, Done, Failed, Load, Press, Screen
from dialogs.house import GATES, Begun, House, Out, Talk, worded
from dialogs.session import Session, session_from_json, session_to_json
from dialogs.shell import hear
from dialogs.ways import left_behind

ROUNDS, FOR_EACH = 24, 4
"""Queries and commands of one event, and for each message that was kept and may be heard again with it; more is a
dialog that goes in circles."""
APOLOGY = line(
    "Something went wrong on our side with your last message. It is kept, and we will look into it. "
    "Please go on, or try again later."
)
NO_ENTRY = line("Your entry to this desk has ended. Please ask your administrator for a new link.")

Moving = Generator[Load | Do, Any, Any]

log = structlog.get_logger(__name__)


@dataclass
class Move:
    """What has been heard so far and what is to be said; nothing is stored before `finish`."""

    houses: Houses
    owner: str
    before: Conversation
    actor: Actor
    waiting: list[Heard]
    now: datetime
    talk: Talk = field(init=False)
    done: list[Heard] = field(default_factory=list)
    failed: tuple[Heard, str] | None = None
    out: list[tuple[str, Out, Shown]] = field(default_factory=list)
    reads: list[Any] = field(default_factory=list)
    _unknown: list[FormRow] = field(default_factory=list)
    _open: tuple[Moving, Load | Do | None] | None = None

    def __post_init__(self) -> None:
        known = self.house.dialogs.forms
        forms = [form for form in self.before.forms if form.name in known]
        self._unknown = [form for form in self.before.forms if form.name not in known]  # of another release
        sessions = [(form.depth, _session(form)) for form in forms]
        # One that another release has written and this one cannot read stays as it is, out of sight.
        self._unknown += [form for form, (_, session) in zip(forms, sessions, strict=True) if session is None]
        framed = sorted((depth, n) for n, (depth, _) in enumerate(sessions) if depth is not None)
        frames = (sessions[n][1] for _, n in framed)
        aside = (session for depth, session in sessions[::-1] if depth is None)
        self.talk = Talk(
            lang=self.before.lang,
            frames=tuple(session for session in frames if session),
            aside=tuple(session for session in aside if session),
            live=self._live(),
            elsewhere=tuple(self._begun()),
        )

    def _begun(self) -> Iterator[Begun]:
        """Elsewhere, of what can go on in this house."""
        for there in self.before.elsewhere:
            session = _session(there.form) if there.form.name in self.house.dialogs.forms else None
            if session:
                yield Begun(session, there.messenger)

    def _live(self) -> Shown | None:
        try:
            return from_json(self.before.live) if self.before.live else None
        except ValidationError:
            return None

    @property
    def house(self) -> House:
        return self.houses.of(self.before, self.actor)

    @property
    def speech(self) -> Speech:
        return self.houses.speeches[self.talk.lang]

    def go(self, conn: Connection, *, writing: bool) -> bool:
        """True when everything that waits has been heard; False where the next step is a command and `writing` is not
        allowed here. An event that raises is set down in `failed`; those behind it wait."""
        while self.waiting and self.failed is None:
            heard = self.waiting[0]
            if heard.attempts > inbox.DEATHS:
                self.failed = (heard, "a crash while hearing it")
                return True
            before = (self.talk, list(self.out), list(self.reads))
            if self.done and self._open is None:
                self._look_again(conn)
            try:
                if not self._hear(conn, heard, writing=writing):
                    return False
            except MemoryError:
                raise  # whose fault it is, is not known yet (bots.endless)
            except Exception as error:
                if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
                    raise
                self.talk, self.out, self.reads = before
                self._open = None
                self.failed = (heard, type(error).__name__)
                if not writing:
                    conn.rollback()  # PostgreSQL refuses to read on after an error, and others read here too
                log.exception("move_failed", conversation=self.before.id, inbox=heard.id, attempt=heard.attempts)
            else:
                self.done.append(self.waiting.pop(0))
        return True

    def _look_again(self, conn: Connection) -> None:
        """An official may have entered or left with the event before."""
        if self.before.person.kind == "official":
            there = conversations.read(conn, [self.before.id])[self.before.id]
            self.actor = actor_in(conn, there)

    def _hear(self, conn: Connection, heard: Heard, *, writing: bool) -> bool:
        if isinstance(self.actor, Nobody) and not self.actor.conversation:
            self._say(f"move:{heard.id}:0", Out(Screen((NO_ENTRY,))))
            return True
        moving, asked = self._open or (
            hear(self.house, self.talk, heard.event, _run_name(heard.id), self.speech.say),
            None,
        )
        if not writing:
            return self._answer_all(conn, heard, moving, asked, writing=False)
        with conn.begin_nested():
            return self._answer_all(conn, heard, moving, asked, writing=True)

    def _answer_all(
        self, conn: Connection, heard: Heard, moving: Moving, asked: Load | Do | None, *, writing: bool
    ) -> bool:
        kept = sum(len(session.heard) for session in (*self.talk.frames, *self.talk.aside))
        kept += sum(len(begun.session.heard) for begun in self.talk.elsewhere)
        for _ in range(ROUNDS + FOR_EACH * kept):
            if isinstance(asked, Do) and not writing:
                self._open = (moving, asked)
                return False
            try:
                asked = self._next(conn, moving, asked)
            except StopIteration as end:
                self._heard(heard, end.value.talk, end.value.out)
                self._open = None
                return True
        raise RuntimeError("The dialog asks without end.")

    def _next(self, conn: Connection, moving: Moving, asked: Load | Do | None) -> Load | Do:
        if asked is None:
            return next(moving)
        if isinstance(asked, Do):
            return moving.send(self._run(conn, asked))
        try:
            facts = app.ask(conn, self.actor, asked.query, self.now)
        except Refusal as refusal:
            return moving.throw(refusal)
        if type(asked.query) in app.AUDITED:
            self.reads.append(asked.query)
        return moving.send(facts)

    def _run(self, tx: Connection, do: Do) -> Done | Failed:
        try:
            return Done(do.key, app.run(tx, self.actor, do.key, do.command, self.now))
        except Refusal as refusal:
            return Failed(do.key, refusal.why)

    def _heard(self, heard: Heard, talk: Talk, out: tuple[Out, ...]) -> None:
        self.talk = talk
        on = heard.event.on if isinstance(heard.event, Press) else ""
        for place, one in enumerate(out):
            self._say(f"move:{heard.id}:{place}", one, on)

    def _say(self, key: str, out: Out, on: str = "") -> None:
        shown = replace(worded(out, self.speech.show), on=on)
        self.out.append((key, out, shown))
        if not shown.alarm:  # it has no buttons: the screen that follows it is the live one
            self.talk = replace(self.talk, live=shown)

    def finish(self, tx: Connection) -> None:
        """Everything that the move leaves, in one transaction. Raises Lost where another owner has been faster."""
        self.go(tx, writing=True)
        taken = self._taken()
        here = elsewhere.take(tx, self.before, taken)
        conversations.save(tx, here, self._saved(), self.owner, self.now)
        self._leave_behind(tx, taken)
        inbox.settle(tx, [heard.id for heard in self.done], self.now)
        for query in self.reads:
            app.audit_read(tx, self.actor, query, self.now)
        if self.failed is not None:
            heard, problem = self.failed
            inbox.untry(tx, [later.id for later in self.waiting[1:]])
            if inbox.fail(tx, heard, problem, self.now):
                apology = _apology(self.speech, self.talk.live)
                self.out.append((f"move:{heard.id}:apology", Out(Screen((APOLOGY,))), apology))
        enqueue_replies(tx, self.replies(), self.now)
        inbox.wake(tx, [self.before.id])

    @property
    def only_kept(self) -> bool:
        """All has been heard without a command, and nothing of it concerns another table: it may be saved together with
        others (bots.saving)."""
        return not (self.waiting or self.failed or self.reads or self._taken())

    def left(self) -> Left:
        return Left(self.before, self._saved())

    def replies(self) -> list[Reply]:
        since = min((heard.received_at for heard in self.done), default=None)
        replies = list[Reply]()
        for key, out, shown in self._still_needed():
            replies.append(
                Reply(self.before.id, key, to_json(shown), out.edit, shown.keep, shown.expires, awaited_at=since)
            )
            since = None  # the first reply is what was waited for
        return replies

    def _taken(self) -> list[Elsewhere]:
        """Forms of other conversations that have gone on here."""
        offered = {begun.session.run for begun in self._begun()}
        left = {begun.session.run for begun in self.talk.elsewhere}
        return [there for there in self.before.elsewhere if there.form.run in offered - left]

    def _leave_behind(self, tx: Connection, taken: Sequence[Elsewhere]) -> None:
        """Where one of them was on show, a word of that takes its place."""
        guards = {GATES[there.form.name].form for there in taken if there.form.name in GATES}
        for id in sorted({there.conversation_id for there in taken if there.form.depth is not None}):
            there = conversations.read(tx, [id])[id]
            screen = left_behind(self.houses.of(there, self.actor), self.before.address.messenger)
            live, key = to_json(self.houses.speeches[there.lang].show(screen)), f"left:{id}:{there.version}"
            elsewhere.leave_behind(tx, id, live, guards)
            outbox.enqueue_screen(tx, id, live, key=key, edit=True, keep=False, now=self.now)

    def _still_needed(self) -> list[tuple[str, Out, Shown]]:
        """Of screens that follow each other unseen only the last is sent, and those to keep."""
        needed: list[tuple[str, Out, Shown]] = []
        for place, (key, out, shown) in enumerate(self.out):
            if shown.keep or place == len(self.out) - 1:
                passed = self.out[:place]
                edit = out.edit and all(before.edit and not words.keep for _, before, words in passed)
                needed.append((key, replace(out, edit=edit), shown))
        return needed

    def _saved(self) -> Saved:
        frames = [FormRow(s.run, s.form, depth, session_to_json(s)) for depth, s in enumerate(self.talk.frames)]
        aside = [FormRow(s.run, s.form, None, session_to_json(s)) for s in reversed(self.talk.aside)]
        live = to_json(self.talk.live) if self.talk.live else None
        return Saved(self.talk.lang, live, (*self._unknown, *aside, *frames))


def give_up(
    tx: Connection,
    speech: Speech,
    before: Conversation,
    owner: str,
    waiting: Sequence[Heard],
    problem: str,
    now: datetime,
) -> None:
    """Of a move that can be neither begun nor finished nothing stays; its first update is the one that has failed."""
    if not conversations.release(tx, before.id, owner):
        return  # somebody else serves it now
    first, *later = waiting
    inbox.untry(tx, [heard.id for heard in later])
    if inbox.fail(tx, first, problem, now):
        body, key = to_json(_apology(speech, None)), f"move:{first.id}:apology"
        outbox.enqueue_screen(tx, before.id, body, key=key, edit=False, keep=True, now=now)
    inbox.wake(tx, [before.id])


def _apology(speech: Speech, live: Shown | None) -> Shown:
    """With the buttons that were on show, so that the person can go on."""
    return replace(speech.show(Screen((APOLOGY,), keep=True)), buttons=live.buttons if live else ())


def _session(form: FormRow) -> Session | None:
    try:
        return session_from_json(form.session)
    except ValidationError:
        return None


def actor_in(conn: Connection, there: Conversation) -> Actor:
    """Where nobody works yet somebody may enter, but for the desks of a page, which has its own door."""
    actor = actor_of(conn, there.person)
    return Nobody(there.id) if isinstance(actor, Nobody) and there.address.messenger != PAGE else actor


def actor_of(conn: Connection, person: Person) -> Actor:
    if person.kind == "citizen":
        return Citizen(person.id)
    return find_official(conn, person.id) or Nobody()


def _run_name(inbox_id: int) -> str:
    """Unique and short: the number of the update that began the run, in base 36."""
    digits, name = "0123456789abcdefghijklmnopqrstuvwxyz", ""
    while inbox_id:
        inbox_id, digit = divmod(inbox_id, 36)
        name = digits[digit] + name
    return name or "0"
