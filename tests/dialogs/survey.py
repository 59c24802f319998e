"""A survey as data, for the tests of forms made by a generator: questions, questions that depend on an answer, and
questions repeated for each child."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.lines import line, literal
from core.talk import Button
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, choice, consent, day, end, number, ticks, words


@dataclass(frozen=True)
class Question:
    id: str
    ask: str
    kind: Literal["words", "number", "day", "choice", "ticks"]
    options: tuple[str, ...] = ()
    least: int = 1
    most: int = 9
    only: tuple[str, str] | None = None  # asked only if that question was answered by this option
    each: str = ""  # asked as often as that question, a number, says


@dataclass(frozen=True)
class Survey:
    name: str
    revision: int
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class AnswerSurvey:
    """Command; answered with anything."""

    survey: str
    revision: int
    answers: tuple[tuple[str, str], ...]  # in words, by question


def form(survey: Survey) -> Form:
    def steps(draft: Draft) -> Iterator[Step[Any]]:
        asked: dict[str, Step[Any]] = {}

        def ask(question: Question, group: str = "") -> Iterator[Step[Any]]:
            told = draft.get(asked[question.only[0]]) if question.only and question.only[0] in asked else None
            if not question.only or (isinstance(told, Button) and told.key == question.only[1]):
                asked[question.id] = step = _step(question, group)
                yield step

        for each, group in _grouped(survey.questions):
            times = 1 if not each else draft[asked[each]] if each in asked else 0
            for n in range(1, times + 1):
                for question in group:
                    yield from ask(question, f"{each}[{n}]." if each else "")
        said = tuple((id, _in_words(value)) for id, value in draft.values.items())
        yield consent("check", lambda here: line("Answers: {n}. Send them?", n=len(said)), line("Send"))
        yield act("sent", str, lambda d: AnswerSurvey(survey.name, survey.revision, said))
        yield end(line("Thank you."))

    return Form(survey.name, survey.revision, line("A survey"), steps)


def _grouped(questions: Sequence[Question]) -> Iterator[tuple[str, list[Question]]]:
    """Neighbours that are repeated by the same number are repeated together."""
    group: list[Question] = []
    for question in questions:
        if group and question.each != group[0].each:
            yield group[0].each, group
            group = []
        group.append(question)
    if group:
        yield group[0].each, group


def _step(q: Question, group: str) -> Step[Any]:
    id, ask = group + q.id, literal(f"{group.rstrip('.')}: {q.ask}" if group else q.ask)
    rows = [Button(option, literal(option)) for option in q.options]

    def options(here: Here[Any]) -> Sequence[Button]:
        return rows

    match q.kind:
        case "words":
            return words(id, ask, q.least)
        case "number":
            return number(id, ask, q.least, q.most)
        case "day":
            return day(id, ask)
        case "choice":
            return choice(id, ask, options)
        case "ticks":
            return ticks(id, ask, options, q.least, q.most)


def _in_words(value: Any) -> str:
    match value:
        case Button(key):
            return key
        case tuple():
            return ", ".join(map(_in_words, value))
        case _:
            return str(value)
