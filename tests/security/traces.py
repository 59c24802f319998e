"""What people have said in a messenger is looked for wherever it must not be: in the log, and in any file but the
database's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SHORT = 12
"""Words as short as this stand in every log: labels of buttons, numbers."""
DATABASE = "otklik.db"
TYPED = {"text", "caption", "body", "message", "address", "first_name", "last_name", "phone_number"}
"""Fields of updates whose words are somebody's."""


def words_in(updates: Iterable[Any]) -> set[str]:
    """All that somebody has typed, whatever a messenger wraps it into."""
    return {text for update in updates for text in _strings(update) if len(text) > SHORT and " " in text}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in TYPED or isinstance(inner, dict | list):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def traces(words: Iterable[str], log: str, folder: Path) -> list[str]:
    """Where any of these words is found."""
    wanted = sorted(words)
    found = [f"the log: {word}" for word in wanted if word in log]
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(DATABASE):
            content = path.read_bytes()
            found += [f"{path.name}: {word}" for word in wanted if word.encode() in content]
    return found
