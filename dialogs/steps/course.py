"""Steps that lead a form to its end: a consent to what was shown, a command for core, the last screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from core.lines import Line, line
from core.talk import Button, Press, Refused, Said, Screen, Took
from dialogs.keys import CHANGE
from dialogs.session import Draft, Here, Step
from dialogs.steps.asks import Ask, asked

T = TypeVar("T")
YES = "yes"
Photos = Callable[[Draft], tuple[str, ...]]


def consent(
    id: str,
    ask: Ask,
    label: Line,
    changes: Sequence[tuple[Line, Step[Any]]] = (),
    photos: Photos = lambda draft: (),
    **more: Any,
) -> Step[bool]:
    """What will be sent, ways to change it, and one button to agree. It lapses when any of it changes."""

    def show(here: Here[bool]) -> Screen:
        ways = (
            Button(CHANGE + step.id, line("Change: {what}", what=name))
            for name, step in changes
            if step.id in here.draft.values
        )
        return Screen(asked(ask, here), (Button(YES, label, main=True), *ways), photos=photos(here.draft))

    def read(said: Said, here: Here[bool]) -> Took | Refused:
        if isinstance(said, Press):
            return Took({id: True})
        if any(step.id in here.draft.values for _, step in changes):
            return Refused(line("To correct it, press «Change: …»."))
        return Refused(line("Please press «{button}» or one of the other buttons.", button=label))

    return Step(id, bool, show, read, fresh=True, **more)


def act(id: str, kind: type[T], command: Callable[[Draft], object], **more: Any) -> Step[T]:
    """Core answers with a `kind`. What it declines is said above the step before, or here where there is none."""
    return Step(id, kind, lambda here: Screen((line("This did not work."),)), act=command, **more)


def sub(
    id: str,
    kind: type[T],
    form: str,
    args: Callable[[Draft], str] = lambda draft: "",
    **more: Any,
) -> Step[T]:
    """Another form answers with a `kind`: its `value`. `args` opens it; an old answer of this step is in the draft."""
    return Step(id, kind, lambda here: Screen((line("Let us go on."),)), form=form, args=args, **more)


def end(
    ask: Ask,
    buttons: Callable[[Here[None]], Sequence[Button]] = lambda here: (),
    photos: Photos = lambda draft: (),
    keep: bool = False,  # noqa: FBT001, FBT002
    **more: Any,
) -> Step[None]:
    """The last screen; `keep` makes it a receipt that nothing edits. Its buttons open views and other forms."""

    def show(here: Here[None]) -> Screen:
        return Screen(asked(ask, here), tuple(buttons(here)), photos=photos(here.draft), keep=keep)

    return Step("end", type(None), show, **more)
