"""Says what must not have happened: something unheard, unanswered, kept otherwise than it is when clean, never sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from bots.moves import Move
from core.conversations.tables import conversations
from core.inbox.tables import inbox
from core.outbox.tables import outbox
from core.text import clean_text
from tests.fuzz.people import Person, Sent
from tests.fuzz.town import Town

OPEN = ("ready", "leased", "sending")
SILENT = {
    "again": "a button that has been pressed before: where it led is on show",
    "no change": "a correction that corrects nothing",
    "joined": "a piece of a message whose other pieces are answered with it",
    "moved": "a place that is shown live and moves on: it has been heard where it began",
    "forgotten": "said where the person has had everything erased meanwhile",
}
"""What says nothing by design; anything else that says nothing is a finding."""
DESIGNED = (
    "Forbidden: bot was blocked",
    "Bad Request: chat not found",  # an update that no messenger sends named a chat that there is not
    "the person has not allowed messages",
    "it shows something else by now",
    "the message cannot be edited any more",
    "it cannot be edited any more: 909",  # VK's word for the same: what it shows stays as it is
)
"""Reasons of rows that end refused and are no fault of ours."""


@dataclass(frozen=True, slots=True)
class Said:
    """The `n`-th of a run."""

    n: int
    way: str
    person: Person
    sent: Sent


@dataclass
class Oracle:
    town: Town
    problems: list[tuple[int, str]] = field(default_factory=list)
    quiet: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    _owed: list[Said] = field(default_factory=list)
    _words: dict[tuple[str, str, str], list[tuple[int, str]]] = field(default_factory=dict)
    """Of each address: all that was said there in words, clean."""
    _heard: set[int] = field(default_factory=set)
    _in_pieces: set[int] = field(default_factory=set)
    """Conversations where something has come in pieces."""
    _spoke: set[int] = field(default_factory=set)
    _pressed: dict[tuple[int, str], int] = field(default_factory=dict)
    """The first row in which somebody has pressed this."""
    _read_up_to: int = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Notes of each event that was heard whether anything was said to it."""
        go, say = Move.go, Move._say

        def went(move: Move, conn: Any, *, writing: bool) -> bool:
            ended = go(move, conn, writing=writing)
            self._heard |= {heard.id for heard in move.done}
            return ended

        def spoke(move: Move, key: str, *more: Any) -> None:
            self._spoke.add(int(key.split(":")[1]))
            say(move, key, *more)

        with patch.object(Move, "go", went), patch.object(Move, "_say", spoke):
            yield

    def expect(self, said: Said) -> None:
        if said.sent.text is not None:
            self._words.setdefault(said.person.address, []).append((said.n, clean_text(said.sent.text)))
        if said.sent.owed:
            self._owed.append(said)

    def found(self, n: int, problem: str) -> None:
        self.problems.append((n, problem))

    def look(self, declined: set[str]) -> None:
        """What was owed till now has been paid."""
        here = {tuple(row[1:]): row.id for row in self.town.rows(_addresses())}
        rows = {(row.conversation_id, row.key): row for row in self.town.rows(self._new())}
        self._remember(rows)
        waiting = []
        for said in self._owed:
            there = here.get(said.person.address)
            row = rows.get((there, said.sent.owed))
            if row is not None and row.state == "new":
                waiting.append(said)
            elif said.sent.owed not in declined:
                self._paid(said, row, there)
        self._owed = waiting

    def _new(self) -> sa.Select[Any]:
        """With those that are still owed."""
        i, keys = inbox.c, [said.sent.owed for said in self._owed]
        columns = (i.id, i.conversation_id, i.key, i.event, i.state, i.part, i.attempts, i.problem)
        return sa.select(*columns).where(sa.or_(i.key.in_(keys), i.id > self._read_up_to)).order_by(i.id)

    def _paid(self, said: Said, row: Any, there: int | None) -> None:
        if said.sent.silent:
            self._unheard(said, row)
            return
        if row is None:
            if there is None and said.n > 0 and self._erased():
                self.quiet["forgotten"] += 1
            else:
                self.found(said.n, "lost: it is not in the inbox")
            return
        if row.state != "done" or row.attempts > 1:
            self.found(said.n, f"{row.state} after {row.attempts} tries: {row.problem}")
            return
        self._kept(said, row)
        if row.id in self._spoke:
            self.answered += 1
        elif row.id not in self._heard and there in self._in_pieces:
            self.quiet["joined"] += 1
        elif why := self._by_design(row):
            self.quiet[why] += 1
        else:
            self.found(said.n, f"mute: {row.event}")

    def _unheard(self, said: Said, row: Any) -> None:
        if row is None:
            self.quiet["moved"] += 1
        else:
            self.found(said.n, f"heard: {row.event}")

    def _kept(self, said: Said, row: Any) -> None:
        text, event = said.sent.text, row.event
        if text is None or event.get("is") != "Message":
            return
        kept = event.get("text")
        if kept != clean_text(text) and not (row.part and self._run_on(said, kept)):
            self.found(said.n, f"kept as {kept!r:.80}, not as {clean_text(text)!r:.80}")

    def _run_on(self, said: Said, kept: str) -> bool:
        """One long text that came in pieces: these words and those after them, with white space of ours between."""
        after = (words for n, words in self._words[said.person.address] if n >= said.n)
        return _bare(kept) in map(_bare, islice(accumulate(after), 1, None))

    def _by_design(self, row: Any) -> str:
        event = row.event
        if event.get("is") == "Press" and self._pressed[row.conversation_id, _name(event)] < row.id:
            return "again"
        if event.get("edited"):
            return "no change"
        return ""

    def _remember(self, rows: Mapping[Any, Any]) -> None:
        for row in sorted(rows.values(), key=lambda row: row.id):
            if row.event.get("is") == "Press":
                self._pressed.setdefault((row.conversation_id, _name(row.event)), row.id)
            if row.part is not None:
                self._in_pieces.add(row.conversation_id)
            self._read_up_to = max(self._read_up_to, row.id)

    def _erased(self) -> bool:
        erased = sa.select(conversations.c.id).where(conversations.c.erased_at.is_not(None))
        return bool(self.town.rows(erased.limit(1)))

    # At the end

    def rest(self) -> bool:
        """Nothing waits any more."""
        o, i = outbox.c, inbox.c
        waiting = self.town.rows(sa.select(o.id).where(o.state.in_(OPEN)).limit(1))
        return not waiting and not self.town.rows(sa.select(i.id).where(i.state == "new").limit(1))

    def end(self) -> None:
        o, i = outbox.c, inbox.c
        for said in self._owed:
            self.found(said.n, "still waits at the end")
        stuck = self.town.rows(sa.select(o.id, o.state, o.kind, o.reason).where(o.state.in_(OPEN)))
        self.problems += [(0, f"stuck in the outbox: {tuple(row)}") for row in stuck[:5]]
        left = self.town.rows(sa.select(i.id, i.state, i.problem).where(i.state != "done"))
        self.problems += [(0, f"stuck in the inbox: {tuple(row)}") for row in left[:5]]
        ended = self.town.rows(sa.select(o.id, o.state, o.reason).where(o.state.in_(("refused", "uncertain"))))
        bad = [row for row in ended if not str(row.reason).startswith(DESIGNED)]
        self.problems += [(0, f"not sent: {tuple(row)}") for row in bad[:5]]
        self.problems += [(0, f"refused by a messenger: {call}") for call in self.town.refused[:5]]


def _addresses() -> sa.Select[Any]:
    c = conversations.c
    return sa.select(c.id, c.messenger, c.account, c.peer)


def _bare(words: str) -> str:
    return "".join(words.split())


def _name(event: Mapping[str, Any]) -> str:
    return f"{event['run']}~{event['rev']}~{event['key']}"
