"""Decides what an event is for: a form, a view, or the start of something. Pure: commands and queries go out as values.

`hear` is a generator: it yields a Load or a Do, is sent the answer (or thrown a Refusal), and returns what is to be
shown and remembered. The frames of a conversation are forms, one above the other; what is typed belongs to the top one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.citizens.types import FILING, ShowConsent
from core.errors import Refusal
from core.lines import LANGUAGES, Text, line
from core.shown import Shown
from core.talk import Button, Command, Do, Incoming, Load, Loaded, Message, Over, Press, Quiet, Result, Screen
from dialogs.engine import Form
from dialogs.reads import meant
from dialogs.registry import Dialogs
from dialogs.session import Session
from dialogs.views import look

OLDER = line("That button is from an earlier screen. Here is where we are now.")
UNKNOWN = line("I do not know this command. Here is what I can do.")
CHOOSE = line("Please choose what to do with the buttons.")
ASIDE = line("Your unfinished message is kept: you will find it in the menu.")
RESUME = "resume"
FORGOTTEN = line("The oldest of your unfinished messages is not kept any longer; its words are above in the chat.")
ASIDE_MOST = 6
"""Forms that are kept aside: as many as a menu can offer to go on with."""
BUTTONS_MOST = 10
"""Of a screen: what VK shows below a message, the smallest of all messengers."""

Ask = Generator[Load | Do, Any, Any]


@dataclass(frozen=True, slots=True)
class Gate:
    """A form that has to be passed before another one goes on, as soon as something has been said in that one."""

    form: str
    query: object
    is_open: Callable[[Any], bool]


GATES: Mapping[str, Gate] = {
    "appeal": Gate("consent", ShowConsent(FILING), lambda state: bool(state.given == state.wanted)),
}


@dataclass(frozen=True, slots=True)
class House:
    """What differs between citizens and officials: their dialogs, the view they come home to, and the form that words
    begin where no form is open (officials have none)."""

    dialogs: Dialogs
    home: str
    entry: str = ""


CITIZEN_HOME, STAFF_HOME, CITIZEN_ENTRY = "menu", "desk", "appeal"


@dataclass(frozen=True, slots=True)
class Talk:
    """All that the shell remembers of a conversation: open forms, the lowest first, forms put aside, and what is on
    show, in the words of its language."""

    lang: str
    frames: tuple[Session, ...] = ()
    aside: tuple[Session, ...] = ()
    live: Shown | None = None


@dataclass(frozen=True, slots=True)
class Out:
    """A screen whose buttons carry their data. `edit`: it may take the place of the live screen."""

    screen: Screen
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    talk: Talk
    out: tuple[Out, ...] = ()


def wire(key: str, run: str, rev: int) -> str:
    """The data of a form's button; a view's button is its own data."""
    return f"~{run}~{rev}~{key}"


def unwire(data: str) -> Press:
    """Anybody can send any data: what is not ours is a press on nothing."""
    parts = data.split("~", 3)
    if len(parts) == 4 and not parts[0] and parts[2].isascii() and parts[2].isdecimal() and len(parts[2]) < 9:
        return Press(parts[3], parts[1], int(parts[2]))
    return Press(data)


def hear(house: House, talk: Talk, event: Incoming, fresh: str, back: str) -> Generator[Load | Do, Any, Heard]:
    """`fresh` begins the names of new runs; `back` is the label of «Back» in the person's language."""
    move = _Move(house, talk, fresh)
    try:
        match event:
            case Press(key, run, rev):
                move.edit = (wire(key, run, rev) if run else key) in [b.data for b in move.live]
                yield from move.press(event)
            case Message() if data := _button_meant(event, talk.live, back):
                yield from move.press(unwire(data))
            case Message():
                yield from move.message(event)
            case Command():
                yield from move.command(event)
    except Refusal as refusal:
        yield from move.after(refusal)
    return Heard(replace(talk, lang=move.lang, frames=tuple(move.frames), aside=tuple(move.aside)), tuple(move.out))


def _button_meant(event: Message, live: Shown | None, back: str) -> str | None:
    only_words = event == Message(event.text, edited=event.edited)
    return meant(event.text, live, back) if live and only_words else None


def _begun(session: Session) -> bool:
    """Something of the person's is in it."""
    return bool(session.answers or session.held)


class _Move:
    """One event on its way through the shell."""

    def __init__(self, house: House, talk: Talk, fresh: str) -> None:
        self.house, self.fresh, self.lang, self.edit = house, fresh, talk.lang, False
        self.frames, self.aside, self.out = list(talk.frames), list(talk.aside), list[Out]()
        self.live = talk.live.buttons if talk.live else ()
        self._runs = 0

    # What an event is for

    def press(self, press: Press) -> Ask:
        name, _, args = press.key.partition(":")
        if press.run or name == RESUME:
            if not self._raise(press.run or args):
                return (yield from self.here((OLDER,)))
            return (yield from self._drive(press if press.run else None))
        if name in self.house.dialogs.views:
            return (yield from self._view(press.key))
        if name in self.house.dialogs.forms:
            return (yield from self._launch(name, args))
        return (yield from self.here((OLDER,)))

    def message(self, message: Message) -> Ask:
        if self.frames and len(self.frames) > 1 and self._is_gate(-1):
            return (yield from self._before_gate(message))
        if self.frames:
            return (yield from self._drive(message))
        if self.house.entry:
            return (yield from self._launch(self.house.entry, "", message))
        return (yield from self._view(f"{self.house.home}:", (CHOOSE,)))

    def command(self, command: Command) -> Ask:
        name = command.name
        if name == "language":
            self.lang, self.edit = command.args if command.args in LANGUAGES else self.lang, True
            return (yield from self.here())
        if name in ("start", self.house.home):
            return (yield from (self.here() if name == "start" else self._view(f"{self.house.home}:")))
        if name in self.house.dialogs.views:
            return (yield from self._view(f"{name}:{command.args}"))
        if name in self.house.dialogs.forms:
            same = (s for s in (*self.frames[::-1], *self.aside) if s.form == name)
            begun = next((s for s in same if command.args in ("", s.args)), None)
            if begun and self._raise(begun.run):
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
            self.aside[:0], self.frames = self.frames[::-1], []
            yield from self._view(f"{self.house.home}:", (refusal.why,))

    # Forms

    def _launch(self, name: str, args: str, message: Message | None = None) -> Ask:
        """A begun run with the same arguments goes on; without arguments it is put aside for a new one."""
        args = "" if name == self.house.entry else args
        same = next((s for s in (*self.frames[::-1], *self.aside) if (s.form, s.args) == (name, args)), None)
        notes: Text = ()
        if same and self._raise(same.run):
            if args and _begun(same):
                return (yield from self._drive(message))
            self.frames.pop()
            if _begun(same):
                self.aside.insert(0, same)
                notes = (ASIDE,) if len(self.aside) <= ASIDE_MOST else (ASIDE, FORGOTTEN)
                del self.aside[ASIDE_MOST:]
        self._forget_empty()
        self._runs += 1
        self.frames.append(self._form(name).start(f"{self.fresh}{self._runs}", args))
        return (yield from self._drive(message, notes))

    def _forget_empty(self) -> None:
        """Whoever goes elsewhere leaves no form behind in which nothing was said: it would take their next words."""
        self.frames = [s for s in self.frames if _begun(s)]

    def _raise(self, run: str) -> bool:
        """Makes a run the top frame, from wherever it is; a gate stays above what it guards."""
        found = next((s for s in (*self.frames, *self.aside) if s.run == run), None)
        if found is None:
            return False
        self.frames = [s for s in self.frames if s is not found] + [found]
        self.aside = [s for s in self.aside if s is not found]
        return True

    def _drive(self, event: Press | Message | None, notes: Text = ()) -> Ask:
        """The top form hears the event; whatever of it has ended makes room for the frame below."""
        session = self.frames[-1]
        form = self._form(session.form)
        session, result = yield from self._rounds(form, session, event)
        self.frames[-1] = session
        if isinstance(result, Quiet):
            if self._on_show(session):
                return None
            result = result.screen
        if isinstance(result, Over):
            self.frames.pop()
            return (yield from self.message(event)) if isinstance(event, Message) else (yield from self.here())
        screen = replace(result, note=(*notes, *result.note))
        if session.over or screen.over:
            return (yield from self._ended(session, screen))
        gate = GATES.get(session.form)
        if gate and _begun(session) and not gate.is_open((yield Load(gate.query))):
            return (yield from self._raise_gate(gate))
        return self._show(self._bound(screen, session))

    def _rounds(self, form: Form, session: Session, event: Any) -> Generator[Load | Do, Any, tuple[Session, Any]]:
        session, result = form.advance(session, event)
        while isinstance(result, Load | Do):
            answer = yield result
            event = Loaded(result.query, answer, result.then) if isinstance(result, Load) else answer
            session, result = form.advance(session, event)
        return session, result

    def _on_show(self, session: Session) -> bool:
        return any(b.data.startswith(wire("", session.run, session.rev)) for b in self.live)

    def _ended(self, session: Session, screen: Screen) -> Ask:
        self.frames.pop()
        below = self.frames[-1] if self.frames else None
        gate = GATES.get(below.form) if below else None
        if gate and gate.form == session.form and not gate.is_open((yield Load(gate.query))):
            self.frames.pop()  # declined: what it guarded is forgotten
            return self._show(self._with_ways(screen))
        if not self.frames:
            return self._show(self._with_ways(screen))
        if screen.keep:
            self._show(self._with_ways(screen))
            return (yield from self._drive(None))
        return (yield from self._drive(None, screen.text))

    # The gate

    def _is_gate(self, place: int) -> bool:
        gate = GATES.get(self.frames[place - 1].form)
        return gate is not None and gate.form == self.frames[place].form

    def _raise_gate(self, gate: Gate) -> Ask:
        waiting = next((s for s in self.frames if s.form == gate.form), None)
        if waiting is None:
            self._runs += 1
            waiting = self._form(gate.form).start(f"{self.fresh}{self._runs}")
            self.frames.append(waiting)
        else:
            self._raise(waiting.run)
        return (yield from self._drive(None))

    def _before_gate(self, message: Message) -> Ask:
        """What is said while the gate is closed belongs to the form behind it; then the gate is shown again."""
        form = self._form(self.frames[-2].form)
        self.frames[-2], result = yield from self._rounds(form, self.frames[-2], message)
        notes = result.note if isinstance(result, Screen) else ()
        return (yield from self._drive(None, notes))

    # Views, and what leaves

    def _view(self, key: str, notes: Text = ()) -> Ask:
        press = Press(key)
        result: Result = look(self.house.dialogs.views, press)
        while isinstance(result, Load):
            facts = yield result
            result = look(self.house.dialogs.views, Loaded(result.query, facts, press))
        if not isinstance(result, Screen):
            return (yield from self.here((OLDER,)))
        self._forget_empty()
        screen = replace(result, note=(*notes, *result.note))
        begun = [*self.frames[::-1], *self.aside]
        return self._show(replace(screen, buttons=(*screen.buttons, *self._ways_back(begun, len(screen.buttons)))))

    def _ways_back(self, sessions: Sequence[Session], taken: int) -> tuple[Button, ...]:
        """To what the person has begun, as long as there is room for buttons."""
        begun = [s for s in sessions if _begun(s) and not self._guards(s)]
        return tuple(self._resume(s) for s in begun[: max(0, BUTTONS_MOST - taken)])

    def _resume(self, session: Session) -> Button:
        form = self._form(session.form)
        return Button(f"{RESUME}:{session.run}", line("Go on: {what}", what=form.in_brief(session) or form.title))

    def _guards(self, session: Session) -> bool:
        return session.form in [gate.form for gate in GATES.values()]

    def _bound(self, screen: Screen, session: Session) -> Screen:
        """Buttons of a form know their run and screen; «Menu» is a way out of every form but a gate."""
        ours = [
            replace(b, key=wire(b.key, session.run, session.rev))
            if b.kind == "press" and not self._leads_away(b)
            else b
            for b in screen.buttons
        ]
        if self._guards(session):
            return replace(screen, buttons=tuple(ours))
        home = Button(f"{self.house.home}:", line("Menu"))
        below = self._ways_back(self.frames[-2:-1], len(ours) + 1)
        return replace(screen, buttons=(*ours, *below, home))

    def _leads_away(self, button: Button) -> bool:
        name, colon, _ = button.key.partition(":")
        return bool(colon) and (name in self.house.dialogs.views or name in self.house.dialogs.forms)

    def _with_ways(self, screen: Screen) -> Screen:
        """An ended form has no buttons of its own any more, only ways on; and where it broke off, the way home."""
        ways = tuple(b for b in screen.buttons if b.kind != "press" or self._leads_away(b))
        home = (Button(f"{self.house.home}:", line("Menu")),)
        return replace(screen, buttons=ways if ways and not screen.over else (*ways, *home))

    def _show(self, screen: Screen) -> None:
        self.out.append(Out(screen, self.edit and not self.out))

    def _form(self, name: str) -> Form:
        return self.house.dialogs.forms[name]
