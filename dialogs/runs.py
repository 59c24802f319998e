"""Runs forms: begins them, lets them hear what was said, puts what they answer before them or on show, ends them. Which
form an event is for is decided by the shell."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from core.lines import Text, line
from core.shown import Pinned, Shown
from core.talk import (
    Answered,
    Closed,
    Do,
    Left,
    Load,
    Loaded,
    Message,
    Over,
    Press,
    Quiet,
    Result,
    Screen,
    Sub,
    Unanswered,
)
from dialogs.engine import Form
from dialogs.frames import Frames
from dialogs.house import GATES, Gate, House, Out, wire
from dialogs.session import Session
from dialogs.sources import told
from dialogs.views import look
from dialogs.ways import Ways

OLDER = line("That button is from an earlier screen. Here is where we are now.")
ASIDE = line("Your unfinished message is kept: you will find it in the menu.")
FORGOTTEN = line("The oldest of your unfinished messages is not kept any longer; its words are above in the chat.")

Ask = Generator[Load | Do, Any, Message | None]
"""It comes back with words that nobody has taken: the form that they were said to has ended."""


class Runs:
    """`live` is on show, `edit` says whether what is shown next may take its place, and `fresh` begins the names of new
    runs. What is to be shown comes into `out`."""

    def __init__(self, house: House, frames: Frames, ways: Ways, live: Shown | None, fresh: str) -> None:
        self.house, self.frames, self.out, self.edit = house, frames, list[Out](), False
        self._ways, self._live, self._fresh, self._begun = ways, live, fresh, 0

    def here(self, notes: Text = ()) -> Ask:
        """Where we are: the top form, or home."""
        if self.frames:
            return (yield from self.drive(None, notes))
        return (yield from self.view(f"{self.house.home}:", notes))

    # Beginning

    def launch(self, name: str, args: str, messages: Sequence[Message] = ()) -> Ask:
        """A begun run with the same arguments goes on; without arguments it is put aside for a new one."""
        same = next((s for s in self.frames.roots if (s.form, s.args) == (name, args)), None)
        notes: Text = ()
        if same and args and self.frames.begun(same):
            self.frames.raise_(same.run)
            return (yield from self.tell(messages))
        if same and self.frames.begun(same):
            notes = (ASIDE, FORGOTTEN) if self.frames.park(same) else (ASIDE,)
        elif same:
            self.frames.close(same)
        self.frames.forget_empty()
        self.frames.push(self._start(name, args))
        return (yield from self.tell(messages, notes))

    def _start(self, name: str, args: str) -> Session:
        self._begun += 1
        return self._form(name).start(f"{self._fresh}{self._begun}", args)

    def tell(self, messages: Sequence[Message], notes: Text = ()) -> Ask:
        """The top form hears what was said before, and shows where it is then. Words that answer nothing are added."""
        for message in messages[:-1]:
            said = yield from self.aside_of_show(self.frames.top, message, kept=True)
            notes = (*notes, *(note for note in said if note not in notes))
        return (yield from self.drive(messages[-1] if messages else None, notes, kept=True))

    # Hearing

    def drive(
        self, event: Press | Message | Answered | Unanswered | None, notes: Text = (), *, kept: bool = False
    ) -> Ask:
        """The top form hears the event; whatever of it has ended makes room for the frame below."""
        session, result = yield from self._rounds(self.frames.top, event, kept=kept)
        self.frames.put(session)
        if isinstance(result, Quiet):
            if self.on_show(session):
                return None
            result = result.screen
        if isinstance(result, Over):
            self.frames.close(session)
            return event if isinstance(event, Message) else (yield from self.here())
        if isinstance(result, Left):
            return (yield from self._left(session, notes))
        if isinstance(result, Closed):
            return (yield from self._closed(session, result, notes))
        screen = replace(result, note=(*notes, *(note for note in result.note if note not in notes)))
        if isinstance(screen, Screen) and (session.over or screen.over):
            return (yield from self._ended(session, screen))
        gate = GATES.get(session.form)
        if gate and self.frames.begun(session) and not gate.is_open((yield Load(gate.query))):
            return (yield from self._raise_gate(gate, screen.note))
        if isinstance(screen, Sub):
            return (yield from self._open_sub(session, screen))
        self._show(self._ways.open(screen, session), asks=wire("", session.run, session.rev))
        return None

    def aside_of_show(
        self, session: Session, message: Message, *, kept: bool = False
    ) -> Generator[Load | Do, Any, Text]:
        """A form hears a message while something else is on show; what it says to that are mere notes."""
        session, result = yield from self._rounds(session, message, kept=kept)
        self.frames.put(session)
        return result.note if isinstance(result, Screen | Sub) else ()

    def on_show(self, session: Session) -> bool:
        asks = wire("", session.run, session.rev)
        return self._live is not None and (
            self._live.asks == asks or any(b.data.startswith(asks) for b in self._live.buttons)
        )

    @property
    def hidden(self) -> bool:
        """Something else is on show than what the top form asks: a view, or the last screen of another form."""
        live = self._live
        if live is None or not self.frames:
            return False
        ours = wire("", self.frames.top.run, 0).removesuffix("0~")
        # What an older release has shown does not say who asks: whatever reads words is a form.
        return not (live.reads or any(data.startswith(ours) for data in (live.asks, *(b.data for b in live.buttons))))

    def _rounds(
        self, session: Session, event: Any, *, kept: bool = False
    ) -> Generator[Load | Do, Any, tuple[Session, Any]]:
        """`kept`: it was said before, so that no word of it may be mere noise."""
        form = self._form(session.form)
        form = replace(form, addition=0) if kept else form
        if isinstance(event, Message) and session.form == self.house.parting:
            session = told(session, event)
        session, result = form.advance(session, event)
        while isinstance(result, Load | Do):
            answer = yield result
            event = Loaded(result.query, answer, result.then) if isinstance(result, Load) else answer
            session, result = form.advance(session, event)
        return session, result

    # Ending

    def _ended(self, session: Session, screen: Screen) -> Ask:
        if session.parent and screen.over:
            return (yield from self._left(session, (), screen))
        below = self.frames.below(session)
        self.frames.close(session)
        if self._form(session.form).last:
            self.frames.close_all()
            self._show(self._ways.ended(screen))
            return None
        gate = GATES.get(below.form) if below else None
        guarded = below is not None and gate is not None and gate.form == session.form
        if below and gate and guarded and not gate.is_open((yield Load(gate.query))):
            self.frames.close(below)  # declined: what it guarded is forgotten
            self._show(self._ways.ended(screen))
            return None
        if self.frames and (guarded or not self._ways.leads_on(screen)):
            return (yield from self.drive(None, (*screen.note, *screen.text)))
        self._show(self._ways.ended(screen))
        return None

    # A form that answers a step of another one

    def _open_sub(self, session: Session, sub: Sub) -> Ask:
        there = self.frames.sub_of(session.run)
        if there and (there.form, there.args, (there.parent or ("", ""))[1]) == (sub.form, sub.args, sub.step):
            if sub.again and self.on_show(there):
                return None
        else:
            if there:
                self.frames.close(there)
            there = replace(self._start(sub.form, sub.args), parent=(session.run, sub.step))
            self.frames.push(there)
        self.frames.put(replace(there, retreat=sub.back))
        return (yield from self.drive(None, sub.note))

    def _closed(self, session: Session, closed: Closed, notes: Text) -> Ask:
        self.frames.close(session)
        if closed.screen.keep:
            self._show(self._ways.ended(closed.screen))
        return (yield from self.drive(Answered((session.parent or ("", ""))[1], closed.value), notes))

    def _left(self, session: Session, notes: Text, screen: Screen | None = None) -> Ask:
        """The form below goes on without the answer; where it cannot, `screen` says why, and it is closed too."""
        self.frames.close(session)
        if session.retreat or screen is None:
            why = screen.text if screen else ()
            return (yield from self.drive(Unanswered((session.parent or ("", ""))[1]), (*notes, *why)))
        below = self.frames.top
        if self.frames.begun(below):
            self.frames.park(below)
        else:
            self.frames.close(below)
        self._show(self._ways.ended(screen))
        return None

    # The gate

    def behind_gate(self) -> Session | None:
        below = self.frames.below(self.frames.top)
        gate = GATES.get(below.form) if below else None
        return below if gate and gate.form == self.frames.top.form else None

    def _raise_gate(self, gate: Gate, notes: Text) -> Ask:
        waiting = next((s for s in self.frames.open if s.form == gate.form), None)
        if waiting is None:
            self.frames.push(self._start(gate.form, ""))
        else:
            self.frames.raise_(waiting.run)
        return (yield from self.drive(None, notes))

    # Views, and what leaves

    def view(self, key: str, notes: Text = ()) -> Ask:
        press, facts = Press(key), None
        result: Result = look(self.house.dialogs.views, press)
        while isinstance(result, Load):
            facts = yield result
            result = look(self.house.dialogs.views, Loaded(result.query, facts, press))
        if not isinstance(result, Screen):
            return (yield from self.here((OLDER,)))
        self.frames.forget_empty()
        screen = replace(result, note=(*notes, *result.note))
        self._show(self._ways.view(screen), None if facts is None else self._pin(key))
        return None

    def _pin(self, key: str) -> Pinned | None:
        name, _, args = key.partition(":")
        watched = self.house.dialogs.views[name].watch(args)
        return Pinned(name, args, watched) if watched else None

    def say(self, screen: Screen) -> None:
        """What is neither a form nor a view, with the ways to what was begun."""
        self._show(self._ways.view(screen))

    def _show(self, screen: Screen, pin: Pinned | None = None, asks: str = "") -> None:
        self.out.append(Out(screen, self.edit and not self.out, pin, asks=asks))

    def _form(self, name: str) -> Form:
        return self.house.dialogs.forms[name]
