"""`python -m tests.dialogs.record RELEASE` records sessions of this release into tests/recorded/RELEASE.json, once, at
every step of the usual walk through every form: later releases have to go on with them (tests of deploys)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.talk import Answered, Sub
from dialogs.engine import Form
from dialogs.registry import load
from dialogs.session import session_to_json
from tests.dialogs.door import Door

RECORDED = Path(__file__).parents[1] / "recorded"
Move = dict[str, Any]
WALKS: dict[str, tuple[str, list[Move]]] = {
    "appeal": (
        "",
        [
            {"say": "A deep hole in the road near the school", "photos": ["p1"]},
            {"press": "roads"},
            {"press": 0},
            {"say": "Lenina 5"},
            {"press": "yes"},
        ],
    ),
    "consent": ("", [{"press": 0}]),
    "unconsent": ("", [{"press": 0}]),
    "add": ("48211-1", [{"say": "The bench beside it is broken too"}, {"press": "yes"}]),
    "again": ("48213-3", [{"say": "The hole is there again."}]),
    "channel": ("", [{"press": 0}]),
    "delete": ("", [{"press": 0}]),
    "drop": ("1", [{"press": 0}]),
    "find": ("", [{"say": "482-135-070"}, {"say": "K7MP9QXA"}]),
    "join": ("", [{"say": "K7MP-9QXA"}, {"press": "yes"}]),
    "link": ("", []),
    "more": ("", [{"say": "The hole is deeper now"}, {"press": 0}]),
    "mydata": ("", []),
    "open": ("482135070.K7MP9QXA", [{"press": 0}]),
    "pushes": ("", [{"press": 0}]),
    "quiet": ("", [{"press": 0}]),
    "reply": ("48214-4", [{"say": "On the left side"}, {"press": "yes"}]),
    "stop": ("", []),
    "withdraw": ("48211-1", [{"press": 0}]),
    "ask": ("48211-1", [{"say": "Which side of the road is it on?"}, {"press": "yes"}]),
    "note": ("48211-1", [{"say": "Called the road service."}]),
    "pick": ("", [{"say": "Service"}, {"press": 0}]),
    "redirect": (
        "48211-1",
        [
            {"answer": {"key": "a1", "label": {"msgid": "", "args": {"en": "Service 1"}}}},
            {"say": "The road is theirs."},
            {"press": "yes"},
        ],
    ),
    "reject": ("48211-1", [{"press": 0}, {"say": "Please write what happened and where."}, {"press": "yes"}]),
    "rate": ("48212-2", [{"press": "4"}]),
    "report": ("", [{"press": 0}, {"press": 0}]),
    "web": ("", []),
    "data": ("", []),
    "leave": ("", [{"press": 0}]),
    "enter": ("a-token", [{"press": 0}]),
    "take": ("48210-0", []),
    "over": ("48211-1", [{"press": 0}]),
    "answer": ("48211-1", [{"say": "The hole was filled this morning."}, {"press": "yes"}]),
}
"""By form: what it is opened with, and moves; a number presses the n-th button of the screen, and `answer` is what
another form has answered."""


def make(door: Door, move: Move) -> None:
    if "say" in move:
        door.say(move["say"], tuple(move.get("photos", ())))
    elif "answer" in move:
        assert isinstance(door.out, Sub)
        door.send(Answered(door.out.step, move["answer"]))
    else:
        door.press(move["press"] if isinstance(move["press"], str) else door.keys[move["press"]])


def recordings(form: Form) -> Iterator[dict[str, Any]]:
    args, moves = WALKS[form.name]
    door = Door(form, form.start(f"rec{form.name[:4]}", args))
    door.send()
    for move in [*moves, None]:
        case = {"session": session_to_json(door.s), "move": move}
        if move is not None:
            make(door, move)
        yield {**case, "then": door.s.shown, "answers": sorted(door.s.answers)}


def every_form() -> dict[str, Form]:
    """Where citizens and the brief house have one of the same name, that of citizens."""
    brief, *others = (load(name).forms for name in ("brief", "citizen", "staff", "door"))
    return {**brief, **{name: form for forms in others for name, form in forms.items()}}


def main(release: str) -> None:
    forms = every_form()
    cases = [case for name in sorted(forms) for case in recordings(forms[name])]
    with (RECORDED / f"{release}.json").open("x", encoding="utf-8") as file:
        json.dump(cases, file, ensure_ascii=False, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
