"""The forms that a person has begun: those that are open here, one above the other, those put aside, and those that
wait in other conversations. It moves whole runs about; what goes on inside them is not its business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dialogs.session import Session

ASIDE_MOST = 5
"""Forms that are kept aside: as many as a menu can offer to go on with."""


class Frames:
    """A form that answers a step of another one stands right above it and goes wherever that one goes: together they
    are a family. `lost`: a form was open that answered to one that is not there any more. `away` are those of other
    conversations, and `taken` the runs of them that have been brought here."""

    def __init__(self, frames: Sequence[Session], aside: Sequence[Session], away: Sequence[Session] = ()) -> None:
        self.open, self.aside, self.away, self.taken = list(frames), list(aside), list(away), set[str]()
        runs = {s.run for s in self._all}
        while gone := [s for s in self._all if s.parent and s.parent[0] not in runs]:
            self._drop(gone)
            runs -= {s.run for s in gone}
        self.lost = bool(frames) and frames[-1].run not in runs

    def __iter__(self) -> Iterator[Session]:
        """The top one first, then those aside, the latest first."""
        return iter((*self.open[::-1], *self.aside))

    @property
    def _all(self) -> tuple[Session, ...]:
        return (*self, *self.away)

    def __bool__(self) -> bool:
        return bool(self.open)

    @property
    def top(self) -> Session:
        return self.open[-1]

    @property
    def roots(self) -> list[Session]:
        return [s for s in self if s.parent is None]

    @property
    def roots_away(self) -> list[Session]:
        return [s for s in self.away if s.parent is None]

    @property
    def runs(self) -> set[str]:
        return {s.run for s in self._all}

    def is_away(self, run: str) -> bool:
        return run in {s.run for s in self.away}

    def sub_of(self, run: str) -> Session | None:
        return next((s for s in self._all if s.parent and s.parent[0] == run), None)

    def family(self, session: Session) -> list[Session]:
        """The form that answers to nobody, and those above it."""
        runs = {s.run: s for s in self._all}
        while session.parent and session.parent[0] in runs:
            session = runs[session.parent[0]]
        found = [session]
        while above := self.sub_of(found[-1].run):
            found.append(above)
        return found

    def begun(self, session: Session) -> bool:
        """Something of the person's is in it, or in one that answers to it."""
        return any(s.answers.keys() - {*s.done} or s.held or s.heard for s in self.family(session))

    def below(self, session: Session) -> Session | None:
        """What is shown again when it is closed."""
        family = self.family(session)
        others = self.open[: self.open.index(family[0])] if family[0] in self.open else []
        return others[-1] if others else None

    # Changes

    def put(self, session: Session) -> None:
        """What a run has become, in its place."""
        self.open = [session if s.run == session.run else s for s in self.open]
        self.aside = [session if s.run == session.run else s for s in self.aside]

    def push(self, session: Session) -> None:
        self.open.append(session)

    def raise_(self, run: str) -> bool:
        """Makes its family the topmost, from wherever it is; one that was away is taken."""
        found = next((s for s in self._all if s.run == run), None)
        if found is None:
            return False
        family = self.family(found)
        if self.is_away(found.run):
            self.taken |= {s.run for s in family}
        self._drop(family)
        self.open += family
        return True

    def close(self, session: Session) -> None:
        """Without what answers to it."""
        family = self.family(session)
        place = [s.run for s in family].index(session.run)
        self._drop(family[place:])

    def park(self, session: Session) -> bool:
        """Puts its family aside; True if another one had to give way."""
        family = self.family(session)
        self._drop(family)
        self.aside[:0] = family
        forgotten = [s for s in self.aside if s.parent is None][ASIDE_MOST:]
        for each in forgotten:
            self.close(each)
        return bool(forgotten)

    def close_all(self) -> None:
        self.open, self.aside = [], []

    def park_all(self) -> None:
        self.aside[:0], self.open = self.open[::-1], []

    def forget_empty(self) -> None:
        """Whoever goes elsewhere leaves no form behind in which nothing was said: it would take their next words."""
        self._drop([s for s in self.open if not self.begun(s)])

    def mark_alarmed(self, numbers: str) -> None:
        self.open = [replace(s, alarmed=numbers) for s in self.open]

    def _drop(self, sessions: Sequence[Session]) -> None:
        runs = {s.run for s in sessions}
        self.open = [s for s in self.open if s.run not in runs]
        self.aside = [s for s in self.aside if s.run not in runs]
        self.away = [s for s in self.away if s.run not in runs]
