"""Finds the place in a form: a walk over the answers that stand, to the first step that waits for one. It changes
nothing and hears nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pydantic_core import to_jsonable_python

from core.lines import BLANK, Line, literal
from core.talk import Screen
from dialogs.keys import AGAIN, ALL, BACK, KEEP
from dialogs.session import NOTHING, WORDS, Draft, Here, Session, Step, digest

Steps = tuple[Step[Any], ...] | Callable[[Draft], Iterable[Step[Any]]]


class UnknownFacts(Exception):
    """The facts of this query are needed first."""

    def __init__(self, query: Any) -> None:
        super().__init__(query)
        self.query = query


class Facts(dict[Any, Any]):
    """By the query that asked for them."""

    def __missing__(self, query: Any) -> Any:
        raise UnknownFacts(query)


@dataclass(frozen=True)
class Turn:
    """One step and what it has on file. It `waits` if it has to be asked; `why` says what is wrong with the answer."""

    step: Step[Any]
    here: Here[Any]
    value: Any
    raw: Any
    again: bool
    partial: bool
    waits: bool
    seal: str
    why: Line | None

    @property
    def old(self) -> Line | None:
        """The answer on file in words, also where it will not do any more."""
        if self.step.fresh:
            return None
        if self.value is NOTHING:
            return literal(self.raw) if isinstance(self.raw, str) else None
        refused = self.why is not None and self.raw is NOTHING
        words = None if refused else self.step.say(self.value)
        return None if words == BLANK else words

    @property
    def keep(self) -> Any:
        """The answer on file, if it may be left as it is."""
        kept = self.again and not (self.partial or self.why or self.step.fresh)
        return self.value if kept else NOTHING


@dataclass(frozen=True)
class Spot:
    """Where the walk ends: the step whose turn it is, and all that its screen is made of."""

    turn: Turn
    core: bool
    """It is core's turn, not the citizen's."""
    back: str
    """The step before it that may still be changed."""
    settled: frozenset[str]
    """Core has acted on these answers."""
    seals: Mapping[str, str]
    given: Mapping[str, Any]
    retreat: bool = False
    """Nothing is before it in this form, but the form that it answers to goes back."""

    @property
    def step(self) -> Step[Any]:
        return self.turn.step

    @property
    def here(self) -> Here[Any]:
        return self.turn.here

    @cached_property
    def screen(self) -> Screen:
        screen, step, why = self.step.show(self.here), self.step, self.turn.why
        ours = {
            ALL.key: self.here.sought,
            AGAIN.key: step.act,
            KEEP.key: self.turn.keep is not NOTHING,
            BACK.key: step.read and (self.back or self.retreat),
        }
        buttons = (*screen.buttons, *(button for button in (ALL, AGAIN, KEEP, BACK) if ours[button.key]))
        note = screen.note if why is None else (*screen.note, why)
        reads = step.takes >= WORDS and not step.seeks
        return replace(screen, buttons=buttons, note=note, old=self.turn.old, reads=reads)


def walk(steps: Steps, s: Session, facts: Facts) -> Spot:
    values: dict[str, Any] = {}
    draft, seals, settled, back, given = Draft(values, s.args), dict(s.seals), frozenset[str](), "", dict(s.given)
    acted = _last_act(steps, s)
    for i, step in enumerate(steps(draft) if callable(steps) else steps):
        value = step.answer(s)
        if (i < acted and value is NOTHING) or not step.when(draft):
            continue  # what a deploy adds before a command that is done, is not asked
        if i <= acted or (step.act and value is not NOTHING):
            values[step.id] = value
            settled, back = (frozenset(values), "") if step.act else (settled, back)
            continue
        turn = _turn(step, value, s, draft, facts)
        if turn.value is not NOTHING and turn.value != value:
            given[step.id] = to_jsonable_python(turn.value)
        if turn.waits or turn.why:
            core, first = bool(step.act) and not turn.again, not back and not settled
            return Spot(turn, core, back, settled, seals, given, retreat=first and s.retreat)
        values[step.id], seals[step.id] = turn.value, turn.seal
        back = back if step.beside and not turn.value else step.id  # nobody goes back to what nobody was asked
    raise AssertionError("A form ends with a step that nobody answers.")


def _last_act(steps: Steps, s: Session) -> int:
    """What core has done settles every step before it, also one that has come with a deploy."""
    ahead = () if callable(steps) else steps
    return max((i for i, x in enumerate(ahead) if x.act and x.raw(s.answers) is not NOTHING), default=-1)


def _turn(step: Step[Any], value: Any, s: Session, draft: Draft, facts: Facts) -> Turn:
    """Facts are asked for only where they are needed: to show the step, or to check an answer that no seal covers."""
    part, query = step.on_file(s.held), step.needs(draft)
    seal = digest(draft.values) if step.fresh else "" if query is None else digest(query)
    again, sealed = s.at in step.names, seal != "" and seal == s.seals.get(step.id)
    waits = again or value is NOTHING or part is not NOTHING or (step.fresh and not sealed)
    unseen = waits or not sealed
    known = facts[query] if query is not None and unseen else None
    if value is not NOTHING and unseen and step.is_new(s):
        there = step.known(value, Here(draft, known))
        value, waits = (NOTHING, True) if there is None else (there, waits)
    own = value if part is NOTHING else part
    page, sought = (s.page, s.sought) if s.shown in step.names else (0, "")
    here = Here(draft, known, None if own is NOTHING else own, page, sought)
    unsure = value is not NOTHING and not step.fresh and unseen
    why = step.check(value, here) if unsure else None
    return Turn(step, here, value, step.raw(s.answers), again, part is not NOTHING, waits, seal, why)
