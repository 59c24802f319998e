"""A form is steps and answers; where we are is derived from them, so a session is JSON and `advance` is pure.

It reads no clock and waits for nothing: commands and queries go out as values, their results come back as events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_jsonable_python

from core.lines import Line, Text, line
from core.talk import (
    Answered,
    Closed,
    Do,
    Done,
    Event,
    Failed,
    Held,
    Left,
    Load,
    Loaded,
    Message,
    Over,
    Press,
    Quiet,
    Refused,
    Result,
    Said,
    Sought,
    Sub,
    Took,
    Unanswered,
)
from dialogs.keys import AGAIN, ALL, BACK, CHANGE, KEEP, PAGE
from dialogs.session import NOTHING, WORDS, Draft, Here, Session, Step, digest
from dialogs.sources import declined, edited_in, reworded, sourced, words_in
from dialogs.walk import Facts, Spot, Steps, UnknownFacts, walk

__all__ = ["AGAIN", "ALL", "BACK", "CHANGE", "EDITED", "KEEP", "NOTED", "OLDER", "PAGE", "SENT", "Form"]

OLDER = line("That was for an earlier screen. We are here now.")
NOTED = line("Got it.")
SENT = line("That part has already been sent.")
EDITED = line("Your change is taken over here.")
PRESS_AGAIN = Refused(line("Please press «{button}».", button=AGAIN.label))
UNTAKEN = {
    "text": line("The words beside it are not kept."),
    "photos": line("Photos are not taken here."),
    "place": line("A place is not needed here."),
    "documents": line("Files are not taken here."),
    "voice": line(
        "We do not listen to voice messages. Press the microphone on your phone's keyboard: "
        "it writes down what you say."
    ),
    "contact": line("A phone number is not needed here."),
    "unread": line("A part of it cannot be read here: please write it in words."),
}
"""By field of a Message: what is said about a part that no step takes."""
UNREAD = {
    "sticker": line("We cannot read stickers: please write it in words."),
    "video": line("We cannot watch videos here: please send photos, or write in words what is to be seen."),
    "kind": line("Files of this kind are not taken: please send photos, PDF, Word, Excel or plain text."),
    "size": line(
        "This file is too large, 20 MB at most: please send a smaller one (a photo as a photo, not as a file), "
        "or use the chat on the site."
    ),
    "files": line("Files cannot be attached here: please answer in words."),
    "words": line("Here, in Telegram, we take no words about people and places: please press a button."),
}
"""By what it was that could not be read."""
THINGS = frozenset({"photos", "place", "documents"})
ADDITION = 40
"""Characters: words that are longer go on telling where we wait for an answer, shorter ones try to answer."""
ADDED = line("This is added to your message.")
NOT_KEPT = line("What you have just written is not kept: please answer this first.")


@dataclass(frozen=True)
class Form:
    """`steps` may be a generator over the draft, which holds the answers to what it has yielded so far. Such a form is
    made from data that a session names by revision; a tuple may change under its sessions. A new `revision` makes the
    buttons of old screens old. `catch` lists the steps that pick photos and places out of messages meant for another
    step: they read by their own answer alone. `title` names the form in menus, `brief` a begun run of it; the draft
    of `brief` holds whatever is on file, so that it uses `draft.get`. `adds` is the step of words that get those which
    are too long to be an answer to another step, longer than `addition`, and `added` says so. `value` is what a form
    hands back that answers a step of another one; its own last screen is then not shown. After a form that is the
    `last`, nothing else that was begun goes on. One that `forgets` keeps no words but those of its answers, so that
    none can be put right later."""

    name: str
    revision: int
    title: Line
    steps: Steps
    catch: tuple[Step[Any], ...] = ()
    brief: Callable[[Draft], Line | None] = lambda draft: None
    adds: Step[str] | None = None
    added: Line = ADDED
    addition: int = ADDITION
    value: Callable[[Draft], object] | None = None
    last: bool = False
    forgets: bool = False

    def start(self, run: str, args: str = "") -> Session:
        return Session(run, self.name, self.revision, args)

    def in_brief(self, s: Session) -> Line | None:
        """The first words of a begun run, without any facts."""
        values: dict[str, Any] = {}
        draft = Draft(values, s.args)
        for step in self.steps(draft) if callable(self.steps) else self.steps:
            value = step.answer(s)
            if value is not NOTHING:
                values[step.id] = value
            elif callable(self.steps):
                break  # what follows may be built from this answer
        return self.brief(draft)

    def advance(self, s: Session, event: Event | None = None) -> tuple[Session, Result]:
        """All of an event or, until the facts it needs are there, nothing of it."""
        asked, facts = event, Facts()
        while isinstance(event, Loaded):
            facts[event.query], event = event.facts, event.then
        try:
            return self._advance(s, event, facts)
        except UnknownFacts as unknown:
            return s, Load(unknown.query, asked)

    def _advance(self, s: Session, event: Event | None, facts: Facts) -> tuple[Session, Result]:
        before = walk(self.steps, s, facts)
        if isinstance(event, Message) and before.step.ends:
            return s, Over()
        if self._leaves(s, before, event):
            return s, Left()
        if isinstance(event, Message) and event.edited:
            after, notes = self._edited(s, before, event, facts)
        else:
            after, notes = self._hear(s, before, event)
        spot = before if after is s else walk(self.steps, after, facts)
        after, turned = self._shown(s, before, after, spot, event)
        if spot.core:
            return after, _do(s, spot)
        again = isinstance(event, Press) and _led(event) == s.led and not turned
        if spot.step.form:
            return after, _sub(spot, notes, again=again)
        screen = replace(spot.screen, note=_once((*notes, *spot.screen.note)))
        if spot.step.ends and s.parent and self.value:
            return after, Closed(to_jsonable_python(self.value(spot.here.draft)), screen)
        return after, Quiet(spot.screen) if again else screen

    def _leaves(self, s: Session, spot: Spot, event: Event | None) -> bool:
        """Back, and nothing is before it in this form."""
        match event:
            case Press(key=BACK.key, rev=rev):
                here = (rev, s.revision) == (s.rev, self.revision) and s.shown in spot.step.names
                return here and spot.retreat and not spot.core
            case Unanswered(step):
                return step in spot.step.names and spot.retreat and not _may_go_on(spot)
            case _:
                return False

    def _shown(self, s: Session, before: Spot, after: Session, spot: Spot, event: Event | None) -> tuple[Session, bool]:
        """The session with the screen that its person is about to see, and whether that is another one."""
        other = s.shown not in spot.step.names or s.revision != self.revision
        part = (s.page, s.sought) != (spot.here.page, spot.here.sought)
        turned = other or part or spot.here.draft != before.here.draft
        led = s.led
        if turned and not isinstance(event, Done | Failed):
            led = _led(event) if isinstance(event, Press) and after is not s else ""
        at = after.at if after.at in spot.step.names else ""
        return replace(
            after,
            revision=self.revision,
            shown=spot.step.id,
            page=spot.here.page,
            sought=spot.here.sought,
            seals=spot.seals,
            given=spot.given,
            at=at,
            rev=s.rev + turned,
            led=led,
            over=spot.step.ends,
        ), turned

    def _hear(self, s: Session, spot: Spot, event: Event | None) -> tuple[Session, Text]:
        """The session after the event, and notes for the person."""
        match event:
            case Done(key, value) if key.startswith(f"{s.run}:"):
                act = key.removeprefix(f"{s.run}:").rpartition(":")[0]
                done = s.done if act in s.answers else (*s.done, act)
                return replace(s, answers={act: to_jsonable_python(value)} | dict(s.answers), done=done), ()
            case Failed(key, why) if spot.core and key == _do(s, spot).key:
                seals = {k: v for k, v in s.seals.items() if k != spot.back}  # a consent is to be given anew
                return replace(s, at=spot.back or spot.step.id, seals=seals), (why,)
            case Answered(step, value) if spot.step.form and step in spot.step.names:
                typed = spot.step.on_file({spot.step.id: value})
                return (s, ()) if typed is NOTHING else _take(s, spot, {spot.step.id: typed}, ())
            case Answered(step, value) if s.shown == step and step not in spot.settled:  # a deploy asks for more first
                return replace(s, answers={**s.answers, step: value}), ()
            case Unanswered(step) if step in spot.step.names:
                return replace(s, at=spot.back), ()
            case Press() | Message() if spot.core:  # what core is about to do is not changed any more
                return s, ()
            case Press(rev=rev) if (rev, s.revision) != (s.rev, self.revision):
                return s, (OLDER,)
            case Press() | Message() if s.shown not in ("", *spot.step.names):  # a deploy has put another step here
                return s, (OLDER,)
            case Press() | Message() if spot.step.form:  # it is the other form's turn
                return s, (OLDER,)
            case Press():
                return self._press(s, spot, event)
            case Message():
                return self._read(s, spot, event)
            case _:  # nothing has been said, or it is not for this form
                return s, ()

    def _press(self, s: Session, spot: Spot, press: Press) -> tuple[Session, Text]:
        key = press.key
        if key not in [button.key for button in spot.screen.buttons]:
            return s, (OLDER,)
        if key in (AGAIN.key, BACK.key):
            return replace(s, at=spot.back if key == BACK.key else ""), ()
        if key == KEEP.key:
            return _take(s, spot, {spot.step.id: spot.turn.keep}, ())
        if key == ALL.key:
            return replace(s, page=0, sought=""), ()
        if key.startswith(PAGE):
            return replace(s, page=int(key.removeprefix(PAGE))), ()
        if key.startswith(CHANGE):
            target = key.removeprefix(CHANGE)
            changeable = target in spot.here.draft.values and target not in spot.settled
            return (replace(s, at=target), ()) if changeable else (s, (SENT,))
        if ":" in key:  # a button of a view that was forged into one of this form
            return s, (OLDER,)
        return self._read(s, spot, press)

    def _read(self, s: Session, spot: Spot, said: Said) -> tuple[Session, Text]:
        reply = spot.step.read(said, spot.here) if spot.step.read else PRESS_AGAIN
        sent = _sent(said)
        caught, notes, taken = self._caught(s, spot, said, sent)
        short = 0 if self.adds and sent & THINGS else self.addition  # words beside things tell of them
        if isinstance(said, Message) and _tells_more(said, reply, spot, short):
            reply, more = self._more(s, spot, said, reply)
            notes = (*notes, more)
        if isinstance(reply, Took):
            words = WORDS if reply.values.keys() - {spot.step.id} else frozenset()  # they answer another step
            untaken = sent - taken - spot.step.takes - words
            told_so = (*_of(reply.note), *notes, *_untaken(untaken, said))
            after, told = _take(s, spot, caught | dict(reply.values), told_so)
            worded = {id for id in reply.values if id != spot.step.id or spot.step.takes >= WORDS}
            return (sourced(s, after, said, worded) if isinstance(said, Message) and not self.forgets else after), told
        untaken = sent - taken - spot.step.takes - WORDS
        enough = caught and not sent & WORDS
        if isinstance(said, Message) and not self.forgets:
            s = declined(s, said)
        if isinstance(reply, Sought):
            s = replace(s, page=0, sought=reply.words)
        # Whoever is told how to dictate needs no second order beside that.
        last = () if sent == {"voice"} else (NOTED,) if enough else (reply.why,)
        return _take(s, spot, caught, (*notes, *_untaken(untaken, said), *last))

    def _more(self, s: Session, spot: Spot, message: Message, reply: Took | Refused) -> tuple[Took | Refused, Line]:
        """Words that go on telling are put to those that were told, and the step is asked again."""
        adds, words = self.adds, message.text.strip()
        if adds is None or adds.id == spot.step.id or adds.id in spot.settled:
            return reply, NOT_KEPT
        values = reply.values if isinstance(reply, Took) else {}
        so_far = adds.on_file(s.answers)
        told = f"{so_far}\n{words}" if isinstance(so_far, str) and so_far else words
        return Took({**values, adds.id: told}, reply.note if isinstance(reply, Took) else None), self.added

    def _edited(self, s: Session, spot: Spot, message: Message, facts: Facts) -> tuple[Session, Text]:
        """A message that answers are made of has been changed: its words are replaced where they are the person's own
        text, and read again where they were turned into something else."""
        after, notes = s, list[Line]()
        for id in edited_in(s, message):
            if spot.core or id in spot.settled:
                notes.append(SENT)
                continue
            after, refused = self._reread(after, id, message, facts)
            notes += refused or (EDITED,)
        return after, _once(tuple(notes)) or (OLDER,)

    def _reread(self, s: Session, id: str, message: Message, facts: Facts) -> tuple[Session, Text]:
        old, value, new = s.sources[id][message.edited], s.answers.get(id), message.text.strip()
        sources = dict(s.sources) | {id: dict(s.sources[id]) | {message.edited: new}}
        if isinstance(value, str) and old not in value:  # they have answered anew since
            return s, (OLDER,)
        if old in words_in(value):
            seals = {k: v for k, v in s.seals.items() if k != id}  # its check is asked again
            answers = dict(s.answers) | {id: reworded(value, old, new)}
            return replace(s, answers=answers, seals=seals, sources=sources), ()
        there = walk(self.steps, replace(s, at=id), facts)
        if id not in there.step.names or there.step.read is None:
            return s, (OLDER,)
        reply = there.step.read(replace(message, edited="", key=message.edited), there.here)
        if isinstance(reply, Refused):
            return s, (reply.why,)
        after, notes = _take(s, there, dict(reply.values), _of(reply.note))
        return replace(after, at=s.at, sources=sources), notes

    def _caught(
        self,
        s: Session,
        spot: Spot,
        said: Said,
        sent: frozenset[str],
    ) -> tuple[dict[str, Any], Text, frozenset[str]]:
        """What the message holds for other steps, with their notes and the parts of the message that they took."""
        values, notes, taken = dict[str, Any](), list[Line](), frozenset[str]()
        if isinstance(said, Press):
            return values, (), taken
        for step in self.catch:
            part = sent & step.takes - WORDS
            if not part or not step.read or step.id == spot.step.id:
                continue
            own = next((x for x in map(step.on_file, (s.held, s.answers)) if x is not NOTHING), None)
            reply = step.read(replace(said, text=""), Here(Draft({}, s.args), None, own))
            if isinstance(reply, Took):
                values |= reply.values
                notes += _of(reply.note)
                taken |= part
        return values, tuple(notes), taken


def _take(s: Session, spot: Spot, new: dict[str, Any], notes: Text) -> tuple[Session, Text]:
    """Files the answers, but neither those that core has acted on nor one that its own check refuses."""
    id, values = spot.step.id, {k: v for k, v in new.items() if k not in spot.settled}
    if len(values) < len(new):
        notes = (SENT,)
    if id in values and not isinstance(values[id], Held) and (why := spot.step.check(values[id], spot.here)):
        values, notes = {k: v for k, v in values.items() if k != id}, (*notes, why)
    if not values:
        return s, notes
    whole = {k: to_jsonable_python(v) for k, v in values.items() if not isinstance(v, Held)}
    part = {k: to_jsonable_python(v.value) for k, v in values.items() if isinstance(v, Held)}
    seals = {k: v for k, v in s.seals.items() if k not in values} | ({id: spot.turn.seal} if id in whole else {})
    held = {k: v for k, v in s.held.items() if k not in whole and not (id in whole and k == spot.step.was)} | part
    return replace(s, at="" if id in whole else s.at, answers=dict(s.answers) | whole, held=held, seals=seals), notes


def _do(s: Session, spot: Spot) -> Do:
    command = spot.step.act(spot.here.draft) if spot.step.act else None
    return Do(f"{s.run}:{spot.step.id}:{digest(command)}", command)


def _may_go_on(spot: Spot) -> bool:
    """Without an answer to this step: to an earlier one, or with the old answer."""
    return bool(spot.back) or (spot.turn.value is not NOTHING and spot.turn.why is None)


def _sub(spot: Spot, notes: Text, *, again: bool) -> Sub:
    step, turn, draft = spot.step, spot.turn, spot.here.draft
    old = {} if turn.value is NOTHING else {step.id: turn.value}
    args = step.args(replace(draft, values={**draft.values, **old}))
    why = () if turn.why is None else (turn.why,)
    back = _may_go_on(spot) or spot.retreat
    return Sub(step.id, step.form, args, _once((*notes, *why)), back=back, again=again)


def _led(press: Press) -> str:
    return f"{press.key}@{press.rev}"


def _sent(said: Said) -> frozenset[str]:
    """The fields of a message that hold something."""
    if isinstance(said, Press):
        return frozenset()
    return frozenset(kind for kind in UNTAKEN if (said.text.strip() if kind == "text" else getattr(said, kind)))


def _untaken(kinds: frozenset[str], said: Said) -> Iterable[Line]:
    why = UNTAKEN if isinstance(said, Press) else {**UNTAKEN, "unread": unread(said)}
    return (words for kind, words in why.items() if kind in kinds)


def unread(message: Message) -> Line:
    """What to do instead of sending what cannot be read."""
    return UNREAD.get(message.unread, UNTAKEN["unread" if message.unread else "voice"])


def _tells_more(message: Message, reply: Took | Refused, spot: Spot, short: int) -> bool:
    """Its words are too long for an answer, and nothing of them is in what was taken."""
    if isinstance(reply, Took) and (spot.step.takes >= WORDS or reply.values.keys() - {spot.step.id}):
        return False
    return len(message.text.strip()) > (ADDITION if isinstance(reply, Sought) else short)


def _of(note: Line | None) -> Text:
    return () if note is None else (note,)


def _once(notes: Text) -> Text:
    """A Line is not hashable: its arguments may be nested."""
    return tuple(note for i, note in enumerate(notes) if note not in notes[:i])
