"""What is said without being asked: each notice is a fresh read and a screen. It sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.notify.types import NoticeKind
from core.talk import Screen


@dataclass(frozen=True)
class NoticeDialog:
    """`needs` is read for the person who is told, just before. `show` gives None when there is nothing to say any
    more: it has moved on, or it is not theirs."""

    kind: NoticeKind
    needs: Callable[[Mapping[str, str]], object]
    show: Callable[[Mapping[str, str], Any], Screen | None]
