"""Decides what an event is for: a form, a view, or the start of something. Pure: commands and queries go out as values.

`hear` is a generator: it yields a Load or a Do, is sent the answer (or thrown a Refusal), and returns what is to be
shown and remembered. The frames of a conversation are forms, one above the other; what is typed belongs to the top one.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from core.appeals.types import OpenMatters
from core.emergencies.types import DetectEmergency
from core.errors import Refusal
from core.lines import LANGUAGES, Text, line, named
from core.shown import Pinned
from core.talk import (
    Answered,
    Closed,
    Command,
    Do,
    Incoming,
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
from dialogs import listen
from dialogs.engine import Form
from dialogs.frames import Frames
from dialogs.house import GATES, Gate, Heard, House, Out, Talk, unwire, wire
from dialogs.keys import BACK
from dialogs.listen import Say
from dialogs.session import Session
from dialogs.sources import knows, told, told_so_far, was_declined
from dialogs.views import look
from dialogs.ways import RESUME, Ways

OLDER = line("That button is from an earlier screen. Here is where we are now.")
UNKNOWN = line("I do not know this command. Here is what I can do.")
CHOOSE = line("Please choose with the buttons, or write the nine digits of a number.")
ASIDE = line("Your unfinished message is kept: you will find it in the menu.")
FORGOTTEN = line("The oldest of your unfinished messages is not kept any longer; its words are above in the chat.")
WELCOME = line("You are welcome! If anything else happens, please write here.")
IN_WORDS = line("We can only read words, photos and files here. Please write in your own words what happened.")
ALREADY = line("You have changed a message that was dealt with already. If something new has happened, write it.")
CALL_NOW = line("If someone is in danger, call right now:")
GO_ON_BELOW = line("Your message is kept: go on below when you can.")

Ask = Generator[Load | Do, Any, Any]


def hear(house: House, talk: Talk, event: Incoming, fresh: str, say: Say) -> Generator[Load | Do, Any, Heard]:
    """`fresh` begins the names of new runs; `say` puts a Line into the person's language."""
    move = _Move(house, talk, fresh)
    numbers = yield from move.alarm(event)
    try:
        yield from move.event(event, say)
    except Refusal as refusal:
        yield from move.after(refusal)
    return move.heard(event, numbers)


class _Move:
    """One event on its way through the shell."""

    def __init__(self, house: House, talk: Talk, fresh: str) -> None:
        self.house, self.talk, self.fresh, self.lang, self.edit = house, talk, fresh, talk.lang, False
        self.frames, self.out = Frames(talk.frames, talk.aside), list[Out]()
        self._ways = Ways(house, self.frames)
        self.live = talk.live.buttons if talk.live else ()
        self._runs = 0

    def heard(self, event: Incoming, numbers: str) -> Heard:
        if numbers:
            self.frames.mark_alarmed(numbers)
        led = wire(event.key, event.run, event.rev) if isinstance(event, Press) and event.run else ""
        out = tuple(replace(each, led=led) for each in self.out)
        frames, aside = tuple(self.frames.open), tuple(self.frames.aside)
        return Heard(replace(self.talk, lang=self.lang, frames=frames, aside=aside), out)

    # What an event is for

    def alarm(self, event: Incoming) -> Generator[Load | Do, Any, str]:
        """Whoever writes of danger is told whom to call, before anything else; what they write goes its usual way."""
        if not (self.house.alarm and isinstance(event, Message) and event.text.strip()):
            return ""
        try:
            found = yield Load(DetectEmergency(event.text))
        except Refusal:
            return ""
        numbers = " ".join(each.number for each in found)
        if found and numbers not in [s.alarmed for s in self.frames]:
            calls = (line("{number}: {what}", number=each.number, what=named(each.what)) for each in found)
            self.out.append(Out(Screen((CALL_NOW, *calls, GO_ON_BELOW), keep=True, alarm=True)))
        return numbers

    def event(self, event: Incoming, say: Say) -> Ask:
        match event:
            case Press(key, run, rev):
                self.edit = (wire(key, run, rev) if run else key) in [b.data for b in self.live]
                yield from self.press(event)
            case Command():
                yield from self.command(event)
            case Message() if event.edited and not (self.frames and was_declined(self.frames.top, event)):
                yield from self.edited(event)
            case Message():
                yield from self.message(replace(event, key=event.edited or event.key, edited=""), say)
        if [out.screen.alarm for out in self.out] == [True]:  # whoever has read it goes on below
            yield from self.here()

    def message(self, message: Message, say: Say) -> Ask:
        if data := listen.button_meant(message, self.talk.live, say(BACK.label)):
            return (yield from self.press(unwire(data)))
        if data := listen.number_meant(message, self.house.words, say):
            return (yield from self.press(Press(data)))
        if self.frames.lost:
            return (yield from self.here((OLDER,)))
        if self.frames:
            return (yield from self._said(message))
        return (yield from self._unasked(message))

    def press(self, press: Press) -> Ask:
        name, _, args = press.key.partition(":")
        if press.run or name == RESUME:
            return (yield from self._press_of_run(press if press.run else None, press.run or args))
        if name == "language":
            return (yield from self.command(Command(name, args)))
        if name in self.house.dialogs.views:
            return (yield from self._view(press.key))
        if name in self.house.dialogs.forms:
            return (yield from self._launch(name, args, self._handed_on(press)))
        return (yield from self.here((OLDER,)))

    def _press_of_run(self, press: Press | None, run: str) -> Ask:
        if not self.frames.raise_(run):
            led = self.talk.live.led if self.talk.live else ""
            again = press and led == wire(press.key, press.run, press.rev)  # of a form that has ended with it
            return None if again else (yield from self.here((OLDER,)))
        top = self.frames.top
        if press is None or top.run == run:
            return (yield from self._drive(press))
        below = next(s for s in self.frames if s.run == run)
        again = below.led == f"{press.key}@{press.rev}" and self._on_show(top)
        return None if again else (yield from self._drive(None, (OLDER,)))

    def command(self, command: Command) -> Ask:
        name = self.house.renamed.get(command.name, command.name)
        if name == "language":
            self.lang, self.edit = command.args if command.args in LANGUAGES else self.lang, True
            return (yield from self.here())
        if name in ("start", self.house.home):
            return (yield from (self.here() if name == "start" else self._view(f"{self.house.home}:")))
        if name in self.house.dialogs.views:
            return (yield from self._view(f"{name}:{command.args}"))
        if name in self.house.dialogs.forms:
            same = (s for s in self.frames.roots if s.form == name)
            begun = next((s for s in same if command.args in ("", s.args)), None)
            if begun and self.frames.raise_(begun.run):
                return (yield from self._drive(None))
            return (yield from self._launch(name, command.args))
        return (yield from self._view(f"{self.house.home}:", (UNKNOWN,)))

    def here(self, notes: Text = ()) -> Ask:
        """Where we are: the top form, or home."""
        if self.frames:
            return (yield from self._drive(None, notes))
        return (yield from self._view(f"{self.house.home}:", notes))

    def after(self, refusal: Refusal) -> Ask:
        """A query has been declined: we show where we are, unless that is where it came from."""
        try:
            yield from self.here((refusal.why,))
        except Refusal:
            self.frames.park_all()
            yield from self._view(f"{self.house.home}:", (refusal.why,))

    # Messages

    def _said(self, message: Message) -> Ask:
        """What is said while a gate is closed belongs to the form behind it; then the gate is shown again."""
        behind = self._behind_gate()
        if behind is None:
            return (yield from self._drive(message))
        return (yield from self.here((yield from self._aside_of_show(behind, message))))

    def _unasked(self, message: Message) -> Ask:
        """With no form open."""
        if self.house.number and (number := listen.bare_number(message)):
            return (yield from self._view(f"{self.house.number}:{number}"))
        if self.house.thanks and listen.is_thanks(message):
            return (yield from self._view(f"{self.house.home}:", (WELCOME,)))
        if not self.house.entry:
            return (yield from self._view(f"{self.house.home}:", (CHOOSE,)))
        if listen.wordless(message):
            return (yield from self._view(f"{self.house.home}:", (IN_WORDS,)))
        matters = self.house.parting and (yield Load(OpenMatters()))
        return (yield from self._launch(self.house.parting if matters else self.house.entry, "", (message,)))

    def edited(self, message: Message) -> Ask:
        """It changes what it has become: in a form that is open or put aside, or else in what has been sent already."""
        session = next((s for s in self.frames if knows(s, message)), None)
        if session is None:
            if self.house.parting and message.text.strip() and (yield Load(OpenMatters())):
                anew = replace(message, key=message.edited, edited="")
                return (yield from self._launch(self.house.parting, "", (anew,)))
            return (yield from self.here((ALREADY,)))
        if self.frames and session.run == self.frames.top.run:
            return (yield from self._drive(message))
        return (yield from self.here((yield from self._aside_of_show(session, message))))

    def _aside_of_show(self, session: Session, message: Message) -> Generator[Load | Do, Any, Text]:
        """A form hears a message while something else is on show; what it says to that are mere notes."""
        session, result = yield from self._rounds(session, message)
        self.frames.put(session)
        return result.note if isinstance(result, Screen | Sub) else ()

    def _handed_on(self, press: Press) -> tuple[Message, ...]:
        """What the parting form was told, where one of its own buttons leads on; it is not needed any more."""
        parting = self.frames.top if self.frames and self.frames.top.form == self.house.parting else None
        if parting is None or not self._on_show(parting) or press.key not in [b.data for b in self.live]:
            return ()
        self.frames.close(parting)
        return told_so_far(parting)

    # Forms

    def _launch(self, name: str, args: str, messages: Sequence[Message] = ()) -> Ask:
        """A begun run with the same arguments goes on; without arguments it is put aside for a new one."""
        args = "" if name == self.house.entry else args
        same = next((s for s in self.frames.roots if (s.form, s.args) == (name, args)), None)
        notes: Text = ()
        if same and args and self.frames.begun(same):
            self.frames.raise_(same.run)
            return (yield from self._tell(messages))
        if same and self.frames.begun(same):
            notes = (ASIDE, FORGOTTEN) if self.frames.park(same) else (ASIDE,)
        elif same:
            self.frames.close(same)
        self.frames.forget_empty()
        self.frames.push(self._start(name, args))
        return (yield from self._tell(messages, notes))

    def _start(self, name: str, args: str) -> Session:
        self._runs += 1
        return self._form(name).start(f"{self.fresh}{self._runs}", args)

    def _tell(self, messages: Sequence[Message], notes: Text = ()) -> Ask:
        for message in messages[:-1]:
            yield from self._aside_of_show(self.frames.top, message)
        return (yield from self._drive(messages[-1] if messages else None, notes))

    def _drive(self, event: Press | Message | Answered | Unanswered | None, notes: Text = ()) -> Ask:
        """The top form hears the event; whatever of it has ended makes room for the frame below."""
        session, result = yield from self._rounds(self.frames.top, event)
        self.frames.put(session)
        if isinstance(result, Quiet):
            if self._on_show(session):
                return None
            result = result.screen
        if isinstance(result, Over):
            self.frames.close(session)
            return (yield from self._unasked_or(event)) if isinstance(event, Message) else (yield from self.here())
        if isinstance(result, Left):
            return (yield from self._left(session, notes))
        if isinstance(result, Closed):
            return (yield from self._closed(session, result, notes))
        screen = replace(result, note=(*notes, *result.note))
        if isinstance(screen, Screen) and (session.over or screen.over):
            return (yield from self._ended(session, screen))
        gate = GATES.get(session.form)
        if gate and self.frames.begun(session) and not gate.is_open((yield Load(gate.query))):
            return (yield from self._raise_gate(gate))
        if isinstance(screen, Sub):
            return (yield from self._open_sub(session, screen))
        return self._show(self._ways.open(screen, session))

    def _unasked_or(self, message: Message) -> Ask:
        return (yield from (self._said(message) if self.frames else self._unasked(message)))

    def _rounds(self, session: Session, event: Any) -> Generator[Load | Do, Any, tuple[Session, Any]]:
        form = self._form(session.form)
        if isinstance(event, Message) and session.form == self.house.parting:
            session = told(session, event)
        session, result = form.advance(session, event)
        while isinstance(result, Load | Do):
            answer = yield result
            event = Loaded(result.query, answer, result.then) if isinstance(result, Load) else answer
            session, result = form.advance(session, event)
        return session, result

    def _on_show(self, session: Session) -> bool:
        return any(b.data.startswith(wire("", session.run, session.rev)) for b in self.live)

    def _ended(self, session: Session, screen: Screen) -> Ask:
        if session.parent and screen.over:
            return (yield from self._left(session, (), screen))
        below = self.frames.below(session)
        self.frames.close(session)
        if self._form(session.form).last:
            self.frames.close_all()
            return self._show(self._ways.ended(screen))
        gate = GATES.get(below.form) if below else None
        if below and gate and gate.form == session.form and not gate.is_open((yield Load(gate.query))):
            self.frames.close(below)  # declined: what it guarded is forgotten
            return self._show(self._ways.ended(screen))
        if not self.frames:
            return self._show(self._ways.ended(screen))
        if screen.keep:
            self._show(self._ways.ended(screen))
            return (yield from self._drive(None))
        return (yield from self._drive(None, screen.text))

    # A form that answers a step of another one

    def _open_sub(self, session: Session, sub: Sub) -> Ask:
        there = self.frames.sub_of(session.run)
        if there and (there.form, there.args, (there.parent or ("", ""))[1]) == (sub.form, sub.args, sub.step):
            if sub.again and self._on_show(there):
                return None
        else:
            if there:
                self.frames.close(there)
            there = replace(self._start(sub.form, sub.args), parent=(session.run, sub.step))
            self.frames.push(there)
        self.frames.put(replace(there, retreat=sub.back))
        return (yield from self._drive(None, sub.note))

    def _closed(self, session: Session, closed: Closed, notes: Text) -> Ask:
        self.frames.close(session)
        if closed.screen.keep:
            self._show(self._ways.ended(closed.screen))
        return (yield from self._drive(Answered((session.parent or ("", ""))[1], closed.value), notes))

    def _left(self, session: Session, notes: Text, screen: Screen | None = None) -> Ask:
        """The form below goes on without the answer; where it cannot, `screen` says why, and it is closed too."""
        self.frames.close(session)
        if session.retreat or screen is None:
            why = screen.text if screen else ()
            return (yield from self._drive(Unanswered((session.parent or ("", ""))[1]), (*notes, *why)))
        below = self.frames.top
        if self.frames.begun(below):
            self.frames.park(below)
        else:
            self.frames.close(below)
        return self._show(self._ways.ended(screen))

    # The gate

    def _behind_gate(self) -> Session | None:
        below = self.frames.below(self.frames.top)
        gate = GATES.get(below.form) if below else None
        return below if gate and gate.form == self.frames.top.form else None

    def _raise_gate(self, gate: Gate) -> Ask:
        waiting = next((s for s in self.frames.open if s.form == gate.form), None)
        if waiting is None:
            self.frames.push(self._start(gate.form, ""))
        else:
            self.frames.raise_(waiting.run)
        return (yield from self._drive(None))

    # Views, and what leaves

    def _view(self, key: str, notes: Text = ()) -> Ask:
        press, facts = Press(key), None
        result: Result = look(self.house.dialogs.views, press)
        while isinstance(result, Load):
            facts = yield result
            result = look(self.house.dialogs.views, Loaded(result.query, facts, press))
        if not isinstance(result, Screen):
            return (yield from self.here((OLDER,)))
        self.frames.forget_empty()
        screen = replace(result, note=(*notes, *result.note))
        return self._show(self._ways.view(screen), None if facts is None else self._pin(key))

    def _pin(self, key: str) -> Pinned | None:
        name, _, args = key.partition(":")
        watched = self.house.dialogs.views[name].watch(args)
        return Pinned(name, args, watched) if watched else None

    def _show(self, screen: Screen, pin: Pinned | None = None) -> None:
        self.out.append(Out(screen, self.edit and not self.out, pin))

    def _form(self, name: str) -> Form:
        return self.house.dialogs.forms[name]
