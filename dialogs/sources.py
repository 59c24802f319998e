"""Which messages a session is made of: so that one that its writer changes is found in the answers, and so that a form
can hand on what it was told. It changes no answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from core.talk import Message
from dialogs.session import Session

NOWHERE = ""
"""Stands for a step where a message has answered none."""
_MESSAGE = TypeAdapter(Message)


def sourced(before: Session, after: Session, message: Message, steps: Collection[str]) -> Session:
    """The session after a message whose words these steps have taken."""
    words = message.text.strip()
    if not message.key or not words:
        return after
    sources = {step: messages for step, messages in after.sources.items() if step != NOWHERE}
    for step in steps:
        value = after.answers.get(step)
        if value != before.answers.get(step):
            old = {key: text for key, text in sources.get(step, {}).items() if text in words_in(value)}
            sources[step] = {**old, message.key: words}
    return replace(after, sources=sources)


def words_in(value: Any) -> str:
    """Of an answer, as JSON, that holds what was typed as it is: a text, or a whole message."""
    return str(value.get("text", "")) if isinstance(value, dict) else value if isinstance(value, str) else ""


def reworded(value: Any, old: str, new: str) -> Any:
    text = words_in(value).replace(old, new, 1)
    return {**value, "text": text} if isinstance(value, dict) else text


def declined(s: Session, message: Message) -> Session:
    """Its writer may put the message right by changing it."""
    return replace(s, sources={**s.sources, NOWHERE: {message.key: message.text}}) if message.key else s


def was_declined(s: Session, message: Message) -> bool:
    return message.edited in s.sources.get(NOWHERE, {})


def edited_in(s: Session, message: Message) -> list[str]:
    """The steps that the message answered before it was changed."""
    return [step for step, messages in s.sources.items() if message.edited in messages and step in s.answers]


def told(s: Session, message: Message) -> Session:
    """The session that remembers the message whole."""
    if not message.edited:
        return replace(s, heard=(*s.heard, to_jsonable_python(message)))
    changed = (raw | {"text": message.text} if raw["key"] == message.edited else raw for raw in map(dict, s.heard))
    return replace(s, heard=tuple(changed))


def told_so_far(s: Session) -> tuple[Message, ...]:
    return tuple(map(_MESSAGE.validate_python, s.heard))


def knows(s: Session, message: Message) -> bool:
    """A message that has been changed is in it."""
    there: list[Mapping[str, Any]] = [raw for raw in s.heard if raw["key"] == message.edited]
    return bool(there or edited_in(s, message))
