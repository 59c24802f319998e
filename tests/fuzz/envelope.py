"""What may come instead of an update: bytes that are no JSON, and JSON that no messenger writes. Pure."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from tests.fuzz.people import Sent

DEEP = 2000
HUGE = 10 * 1024 * 1024
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    2**32,
    2**63,
    -(2**63) - 1,
    10**30,
    "",
    "0",
    "\x00",
    "\ud800",
    [],
    {},
    [None],
    {"id": None},
    [[[[]]]],
)

TYPED = {"Content-Type": "application/json"}
"""As the messengers and our page do."""
TYPES = (
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "application/json; charset=unheard-of",
    "\xff",
    "",
)

WITHOUT_END = "without end"
"""Of a body: it comes in chunks, more of them than anybody may take."""
CHUNKS = 400


async def without_end() -> AsyncIterator[bytes]:
    for _ in range(CHUNKS):
        yield b" " * 65536


def written(body: Any) -> bytes:
    """As a messenger writes it."""
    return json.dumps(body).encode()


def odd_type(dice: Random, good: Sent) -> Sent:
    """Right in all but the type that it is said to be of."""
    return replace(good, what="odd type", headers={"Content-Type": dice.choice(TYPES)})


def _nested(good: bytes, dice: Random) -> bytes:
    opened, closed = dice.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return opened * DEEP + b"0" + closed * DEEP


def _doubled(good: bytes, dice: Random) -> bytes:
    """Every name of the outermost object twice."""
    return b"{" + good.strip()[1:-1] + b"," + good.strip()[1:]


BODIES: Mapping[str, Callable[[bytes, Random], bytes]] = {
    "nothing": lambda good, dice: b"",
    "no json": lambda good, dice: b"update_id=1&message=hello",
    "half of it": lambda good, dice: good[: dice.randrange(len(good))],
    "byte order mark": lambda good, dice: b"\xef\xbb\xbf" + good,
    "utf-16": lambda good, dice: good.decode().encode("utf-16"),
    "latin": lambda good, dice: '{"update_id": 1, "é": "ÿ"}'.encode("latin-1"),
    "gzip": lambda good, dice: gzip.compress(good, mtime=0),
    "10 MB": lambda good, dice: good[:-1] + b" " * HUGE + b"}",
    "2000 deep": _nested,
    "doubled names": _doubled,
    "nan": lambda good, dice: b'{"update_id": NaN, "message": {"date": -Infinity}, "object": 1e400}',
    "an array": lambda good, dice: b"[" + good + b"]",
    "a string": lambda good, dice: b'"hello"',
    "a number": lambda good, dice: b"5",
    "null": lambda good, dice: b"null",
    "bytes": lambda good, dice: dice.randbytes(200),
    "deep inside": lambda good, dice: good[:-1] + b', "more": ' + b"[" * DEEP + b"]" * DEEP + b"}",
}


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Of everything within."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, one in inside for found in ((*path, name), *paths(one, (*path, name)))]


def broken(dice: Random, body: dict[str, Any]) -> dict[str, Any]:
    """The same update with a few of its values gone, of another kind, or unheard of."""
    made: dict[str, Any] = copy.deepcopy(body)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        ways = paths(made)
        if not ways:
            break
        *path, name = dice.choice(ways)
        there: Any = made
        for step in path:
            there = there[step]
        how = dice.randrange(4)
        if how == 0:
            del there[name]
        elif how == 1 and isinstance(there, dict):
            there[f"{name}_of_tomorrow"] = there.pop(name)
        else:
            there[name] = copy.deepcopy(dice.choice(ODD))
    return made
