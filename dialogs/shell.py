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
from core.lines import LANGUAGES, Line, line, named
from core.talk import Command, Do, Incoming, Load, Message, Press, Screen
from dialogs import listen
from dialogs.engine import unread
from dialogs.frames import Frames
from dialogs.house import Heard, House, Out, Talk, unwire, wire
from dialogs.keys import BACK
from dialogs.listen import Say
from dialogs.runs import OLDER, Ask, Runs
from dialogs.session import Session
from dialogs.sources import knows, told_so_far, was_declined
from dialogs.ways import RESUME, Ways, gone_on

UNKNOWN = line("I do not know this command. Here is what I can do.")
CHOOSE = line("Please choose with the buttons, or write the nine digits of a number.")
IN_WORDS = line("We can only read words, photos and files here. Please write in your own words what happened.")
ALREADY = line("You have changed a message that was dealt with already. If something new has happened, write it.")
CALL_NOW = line("If someone is in danger, call right now:")
HERE = line("Please choose what to do here.")
GO_ON_BELOW = line("Your message is kept: go on below when you can.")


def hear(house: House, talk: Talk, event: Incoming, fresh: str, say: Say) -> Generator[Load | Do, Any, Heard]:
    """`fresh` begins the names of new runs; `say` puts a Line into the person's language."""
    move = _Move(house, talk, fresh, say)
    numbers = yield from move.alarm(event)
    try:
        yield from move.event(event)
    except Refusal as refusal:
        yield from move.after(refusal)
    return move.heard(event, numbers)


class _Move:
    """One event on its way through the shell."""

    def __init__(self, house: House, talk: Talk, fresh: str, say: Say) -> None:
        self.house, self.talk, self.lang, self.say = house, talk, talk.lang, say
        # What was begun with the dialogs of another house waits for it, neither shown nor touched.
        frames, aside, away = (self._ours(x) for x in (talk.frames, talk.aside, [x.session for x in talk.elsewhere]))
        self.frames = Frames(frames, aside, away)
        self.where = {begun.session.run: begun.messenger for begun in talk.elsewhere}
        self.runs = Runs(house, self.frames, Ways(house, self.frames, self.where, say), talk.live, fresh)

    def heard(self, event: Incoming, numbers: str) -> Heard:
        if numbers:
            self.frames.mark_alarmed(numbers)
        led = wire(event.key, event.run, event.rev) if isinstance(event, Press) and event.run else ""
        out = tuple(replace(each, led=led) for each in self.runs.out)
        theirs = [s for s in (*self.talk.frames, *self.talk.aside) if s.form not in self.house.dialogs.forms]
        frames, aside = tuple(self.frames.open), (*self.frames.aside, *theirs)
        elsewhere = tuple(begun for begun in self.talk.elsewhere if begun.session.run not in self.frames.taken)
        return Heard(replace(self.talk, lang=self.lang, frames=frames, aside=aside, elsewhere=elsewhere), out)

    def _ours(self, sessions: Sequence[Session]) -> list[Session]:
        return [s for s in sessions if s.form in self.house.dialogs.forms]

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
            kept = () if self.house.untaken else (GO_ON_BELOW,)
            self.runs.out.append(Out(Screen((CALL_NOW, *calls, *kept), keep=True, alarm=True)))
        return numbers

    def event(self, event: Incoming) -> Generator[Load | Do, Any, None]:
        left = yield from self._event(event)
        while left is not None:
            left = yield from self._said(left)
        if [out.screen.alarm for out in self.runs.out] == [True]:  # whoever has read it goes on below
            yield from self.runs.here()

    def _event(self, event: Incoming) -> Ask:
        match event:
            case Press(key, run, rev):
                self.runs.edit = self._on_show(wire(key, run, rev) if run else key)
                return (yield from self._press(event))
            case Command():
                return (yield from self._command(event))
            case Message() if event.edited and not (self.frames and was_declined(self.frames.top, event)):
                return (yield from self._edited(event))
            case Message():
                return (yield from self._message(replace(event, key=event.edited or event.key, edited="")))

    def _on_show(self, data: str) -> bool:
        return self.talk.live is not None and data in [b.data for b in self.talk.live.buttons]

    def _message(self, message: Message) -> Ask:
        if data := listen.button_meant(message, self.talk.live, self.say(BACK.label)):
            return (yield from self._press(unwire(data)))
        if data := listen.words_meant(message, self._words, self.say):
            return (yield from self._press(Press(data)))
        if name := listen.command_meant(message, self.house.commands, self.say, bare=self._free):
            return (yield from self._command(Command(name)))
        if self.frames.lost:
            return (yield from self.runs.here((OLDER,)))
        if message.unread == "words" and self.house.untaken and not self._free:
            return (yield from self.runs.here((self.house.untaken,)))
        if message.unread == "kind" and not self.house.files:
            message = replace(message, unread="files")
        return (yield from self._said(message))

    @property
    def _free(self) -> bool:
        """No form asks for anything on the screen that people see: they do not answer what they do not see."""
        return not self.frames or self.runs.hidden

    @property
    def _words(self) -> tuple[tuple[Line, str], ...]:
        """A form that asks for a code takes it itself."""
        asked = not self._free and self.frames.top.form == self.house.codes
        known = {*self.house.dialogs.forms, *self.house.dialogs.views}
        there = [(words, key) for words, key in self.house.words if key.partition(":")[0] in known]
        return tuple((words, key) for words, key in there if not (asked and "{code}" in words.msgid))

    def _press(self, press: Press) -> Ask:
        name, _, args = press.key.partition(":")
        if name == RESUME and not press.run and args in self.frames.runs:
            messages = self._handed_on(press)
            self.frames.raise_(args)
            return (yield from self.runs.tell(messages))
        if press.run or name == RESUME:
            return (yield from self._press_of_run(press))
        if name == "language":
            return (yield from self._command(Command(name, args)))
        if name in self.house.dialogs.views:
            return (yield from self.runs.view(press.key))
        if name in self.house.dialogs.forms:
            return (yield from self.runs.launch(name, args, self._handed_on(press)))
        return (yield from self.runs.here((OLDER,)))

    def _press_of_run(self, press: Press) -> Ask:
        run = press.run
        if self.frames.is_away(run):
            return (yield from self.runs.here((*gone_on(self.where[run]), HERE)))
        if not self.frames.raise_(run):
            led = self.talk.live.led if self.talk.live else ""
            again = led == wire(press.key, press.run, press.rev)  # of a form that has ended with it
            return None if again else (yield from self.runs.here((OLDER,)))
        top = self.frames.top
        if top.run == run:
            return (yield from self.runs.drive(press))
        below = next(s for s in self.frames if s.run == run)
        again = below.led == f"{press.key}@{press.rev}" and self.runs.on_show(top)
        return None if again else (yield from self.runs.drive(None, (OLDER,)))

    def _command(self, command: Command) -> Ask:
        name = self.house.renamed.get(command.name, command.name)
        if name == "language":
            self.lang, self.runs.edit = command.args if command.args in LANGUAGES else self.lang, True
            return (yield from self.runs.here())
        if name == "start":
            return (yield from self._start(command.args))
        if name == self.house.home:
            return (yield from self.runs.view(f"{self.house.home}:"))
        if name in self.house.dialogs.views:
            return (yield from self.runs.view(f"{name}:{command.args}"))
        if name in self.house.dialogs.forms:
            same = (s for s in self.frames.roots if s.form == name)
            begun = next((s for s in same if command.args in ("", s.args)), None)
            if begun and self.frames.raise_(begun.run):
                return (yield from self.runs.drive(None))
            return (yield from self.runs.launch(name, command.args))
        return (yield from self.runs.view(f"{self.house.home}:", (UNKNOWN,)))

    def _start(self, payload: str) -> Ask:
        """By a link that says what for, or just so."""
        form, args = listen.link_meant(payload, self.house.starts)
        if form in self.house.dialogs.forms:
            return (yield from self.runs.launch(form, args))
        return (yield from self.runs.here())

    def after(self, refusal: Refusal) -> Generator[Load | Do, Any, None]:
        """A query has been declined: we show where we are, unless that is where it came from."""
        try:
            yield from self.runs.here((refusal.why,))
        except Refusal:
            self.frames.park_all()
            yield from self.runs.view(f"{self.house.home}:", (refusal.why,))

    # Messages

    def _said(self, message: Message) -> Ask:
        """What is said while a gate is closed belongs to the form behind it; then the gate is shown again."""
        if self._free:
            return (yield from self._unasked(message))
        behind = self.runs.behind_gate()
        if behind is None:
            return (yield from self.runs.drive(message))
        return (yield from self.runs.here((yield from self.runs.aside_of_show(behind, message))))

    def _unasked(self, message: Message) -> Ask:
        """With no form open, or none that is on show: what was begun gets none of it unasked."""
        home, nothing = f"{self.house.home}:", listen.wordless(message)
        if self.house.number and (number := listen.bare_number(message)):
            return (yield from self.runs.view(f"{self.house.number}:{number}"))
        if self.house.thanks and listen.is_thanks(message):
            self.runs.say(self.house.thanks)
            return None
        if self.house.thanks and listen.is_greeting(message):
            return (yield from self.runs.view(home))
        if nothing and (message.unread or message.voice):
            return (yield from self.runs.view(home, (self.house.untaken or unread(message),)))
        if not self.house.entry:
            return (yield from self.runs.view(home, (self.house.untaken or CHOOSE,) if self.house.number else ()))
        if nothing:
            return (yield from self.runs.view(home, (IN_WORDS,)))
        asks = self.house.parting and (self.frames or (yield Load(OpenMatters())))
        return (yield from self.runs.launch(self.house.parting if asks else self.house.entry, "", (message,)))

    def _edited(self, message: Message) -> Ask:
        """It changes what it has become: in a form that is open or put aside, or else in what has been sent already."""
        session = next((s for s in self.frames if knows(s, message)), None)
        if session is None:
            if self.house.parting and message.text.strip() and (yield Load(OpenMatters())):
                anew = replace(message, key=message.edited, edited="")
                return (yield from self.runs.launch(self.house.parting, "", (anew,)))
            return (yield from self.runs.here((self.house.untaken or ALREADY,)))
        if self.frames and session.run == self.frames.top.run:
            return (yield from self.runs.drive(message))
        return (yield from self.runs.here((yield from self.runs.aside_of_show(session, message))))

    def _handed_on(self, press: Press) -> tuple[Message, ...]:
        """What the parting form was told, where one of its own buttons leads on; it is not needed any more."""
        parting = self.frames.top if self.frames and self.frames.top.form == self.house.parting else None
        if parting is None or not self.runs.on_show(parting) or not self._on_show(press.key):
            return ()
        self.frames.close(parting)
        return tuple(message for message in told_so_far(parting) if not listen.wordless(message))
