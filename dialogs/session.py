"""What a form is made of: steps, the JSON that a run of it leaves behind, and the typed draft this JSON turns into."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from core.lines import Line, literal
from core.talk import Refused, Said, Screen, Took

T = TypeVar("T")
NOTHING: Any = object()
"""Not on file; None may be an answer."""
WORDS = frozenset({"text"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers before a step: `draft[TEXT]` has the type of TEXT. What was not asked is not in it. `args` is what
    the form was opened with."""

    values: Mapping[str, Any]
    args: str = ""

    def __getitem__(self, step: Step[T]) -> T:
        value: T = self.values[step.id]
        return value

    def get(self, step: Step[T]) -> T | None:
        return self.values.get(step.id)


@dataclass(frozen=True, slots=True)
class Here(Generic[T]):
    """What a step may look at: the answers before it, the facts it needs, its own answer so far, and which part of a
    long choice is on show: a page of it, or what fits the words that are sought."""

    draft: Draft
    facts: Any = None
    own: T | None = None
    page: int = 0
    sought: str = ""


@dataclass(frozen=True)
class Step(Generic[T]):
    """Answered by the person (`read`), by core (`act`) or by another form (`form`); with none of them it ends the form.

    type    what the JSON on file is turned into
    show    of an `act`: shown only after core has declined
    check   why the answer will not do here; asked again after edits
    needs   a query that names all that its facts depend on
    given   the answer that the arguments of the form hold, while nothing is on file
    known   what the facts make of it, once; None: it is ignored
    say     the answer in words; empty: its screen says it anyway
    takes   what it reads of a Message, by field; where it reads text, words do not press its buttons
    fresh   a consent: it lapses with the draft it was given to
    beside  nobody is asked for it: it is picked out of what was said to other steps
    seeks   its words narrow what it offers; they may just as well name a button
    args    what the other form is opened with; the old answer of this step, if there is one, is in the draft
    was     its id before it was renamed
    """

    id: str
    type: type[T]
    show: Callable[[Here[T]], Screen]
    read: Callable[[Said, Here[T]], Took | Refused] | None = None
    act: Callable[[Draft], object] | None = None
    form: str = ""
    args: Callable[[Draft], str] = lambda draft: ""
    check: Callable[[T, Here[T]], Line | None] = lambda value, here: None
    needs: Callable[[Draft], object | None] = lambda draft: None
    when: Callable[[Draft], bool] = lambda draft: True
    given: Callable[[str], T | None] = lambda args: None
    known: Callable[[T, Here[T]], T | None] = lambda value, here: value
    say: Callable[[T], Line] = lambda value: literal(str(value))
    takes: frozenset[str] = frozenset()
    beside: bool = False
    seeks: bool = False
    fresh: bool = False
    was: str = ""

    @property
    def names(self) -> tuple[str, str]:
        return self.id, self.was or self.id

    @property
    def ends(self) -> bool:
        return not (self.read or self.act or self.form)

    def answer(self, s: Session) -> Any:
        """What is on file, or what the form was opened with."""
        filed = next((x for x in map(self.on_file, (s.answers, s.given)) if x is not NOTHING), NOTHING)
        given = self.given(s.args) if filed is NOTHING else None
        return filed if given is None else given

    def is_new(self, s: Session) -> bool:
        """Its answer, if there is one, comes from the arguments, and the facts have not been asked about it."""
        return self.on_file(s.answers) is NOTHING and self.on_file(s.given) is NOTHING

    def on_file(self, answers: Mapping[str, Any]) -> Any:
        """Its typed answer. NOTHING where there is none, or where it no longer fits the type."""
        raw, kind = self.raw(answers), cast(Any, self.type)
        try:
            return raw if raw is NOTHING else _adapter(kind).validate_python(raw)
        except ValidationError:
            return raw if self.act else NOTHING  # what core said stands

    def raw(self, answers: Mapping[str, Any]) -> Any:
        return answers.get(self.id, answers.get(self.was, NOTHING))


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a form. Facts are never in it, and an answer leaves it only for a newer one to the same step.

    given   answers that its arguments hold, as the facts know them
    held    answers that have only begun
    seals   the digest of what an answer was given to
    at      the cursor: a step that is asked again
    shown   the step on show; page: which part of its long choice; sought: the words that narrow it
    rev     of the screen on show; a button knows its own
    led     the press that led to it
    over    nothing is asked any more
    done    the steps that core has answered
    parent  the run and the step that it answers; retreat: Back on the first screen leads there
    sources the messages that the answers are made of, by step and by the messenger's own name for them
    heard   the messages that have opened it and may be handed on, as JSON
    alarmed the emergency numbers that were last shown beside it
    """

    run: str
    form: str
    revision: int = 0
    args: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    held: Mapping[str, Any] = field(default_factory=dict)
    seals: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    shown: str = ""
    page: int = 0
    rev: int = 0
    led: str = ""
    over: bool = False
    done: tuple[str, ...] = ()
    sought: str = ""
    parent: tuple[str, str] | None = None
    retreat: bool = False
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    heard: tuple[Mapping[str, Any], ...] = ()
    alarmed: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def session_to_json(s: Session) -> dict[str, Any]:
    """All of it is JSON already."""
    return {name: getattr(s, name) for name in _FIELDS}


def session_from_json(raw: Any) -> Session:
    """Another release may have written it: what this one does not know is left out, what it misses is as at a start."""
    return _SESSION.validate_python(raw)


def digest(value: Any) -> str:
    return hashlib.sha256(type(value).__name__.encode() + to_json(value)).hexdigest()[:16]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


_FIELDS = tuple(x.name for x in fields(Session))
_SESSION = TypeAdapter(Session)
