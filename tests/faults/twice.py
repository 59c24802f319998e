"""What stands in a chat oftener than it was to be said. A row of the outbox is one screen that was to be said; the same
words may come again by another row, and then they are no excess."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.outbox.types import Kind, State
from core.shown import from_json


@dataclass(frozen=True, slots=True)
class Row:
    """One of the outbox. `thing`: what it is about. `words` are empty where the row does not know them. `doubtful`:
    nobody knows whether it has come, by what stands on record."""

    key: str
    thing: str
    words: str = ""
    ids: tuple[str, ...] = ()
    doubtful: bool = False


Message = tuple[str, str]
"""The messenger's id, and the words that stand there."""


def row_of(key: str, kind: str, state: str, body: Mapping[str, Any], ids: Sequence[Any] | None, *, resent: bool) -> Row:
    words = from_json(body).text if kind == Kind.SCREEN and body else ""
    doubtful = ids is None and kind != Kind.PIN and (resent or state in (State.SENDING, State.UNCERTAIN))
    return Row(key, _thing(key, kind, body), words, tuple(map(str, ids or ())), doubtful)


def _thing(key: str, kind: str, body: Mapping[str, Any]) -> str:
    """A reply is one to an update, whichever of the replies to it; news are what they say and about what."""
    if kind == Kind.NOTICE and body:
        return json.dumps(body, sort_keys=True)
    return ":".join(key.split(":")[:2]) if key.startswith("move:") else key


def excess(shown: Sequence[Message], rows: Sequence[Row]) -> int:
    """Rows that stand there once more, however many messages each takes; and messages of no row at all, unless they
    may be of one that is doubtful. `rows` are in the order of their ids."""
    last = {id: row for row in rows for id in row.ids}  # a message that was edited says what its last row says
    unknown = [words for id, words in shown if id not in last]
    doubtful = sorted((row for row in rows if row.doubtful), key=lambda row: not row.words)
    for row in doubtful:
        if not _once(unknown, row) and not row.words:
            del unknown[:1]
    stands = _stands(shown, last)
    again = 0
    for row in rows:
        while _once(unknown, row, stands[row.key]):
            again += 1
    of_no_row = [] if doubtful else unknown
    if again or of_no_row:
        print("excess:", again, "stand once more; of no row:", of_no_row)
    return again + _of_one_thing(shown, last) + len(of_no_row)


def _stands(shown: Sequence[Message], last: Mapping[str, Row]) -> Mapping[str, Sequence[str]]:
    """By the key of a row, the messages in which it is known to stand."""
    stands = defaultdict[str, list[str]](list)
    for id, words in shown:
        if id in last:
            stands[last[id].key].append(words)
    return stands


def _once(unknown: list[str], row: Row, stands: Sequence[str] = ()) -> bool:
    """Takes the messages of one time that this row was sent: the like of those in which it is known to stand, and one
    that holds its words."""
    mine = [text for text in dict.fromkeys(stands) if text in unknown]
    if row.words and (row.ids or row.doubtful) and not any(row.words in text for text in mine):
        mine += [text for text in unknown if row.words in text][:1]
    for text in mine:
        unknown.remove(text)
    return bool(mine)


def _of_one_thing(shown: Sequence[Message], last: Mapping[str, Row]) -> int:
    """Of two rows for one thing, each has come."""
    keys = defaultdict[Message, set[str]](set)
    for id, words in shown:
        if id in last:
            keys[last[id].thing, words].add(last[id].key)
    twice = {message: several for message, several in keys.items() if len(several) > 1}
    if twice:
        print("excess: several rows for one thing:", twice)
    return sum(len(several) - 1 for several in twice.values())
