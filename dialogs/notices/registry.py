"""Finds every notice: the NOTICE of each module here. It looks when it is asked, never at import."""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Mapping
from importlib import import_module

from core.notify.types import NoticeKind
from dialogs.notices import NoticeDialog

__all__ = ["NoticeDialog", "load", "load_brief"]

EVERY = frozenset(NoticeKind)
TO_OFFICIALS = frozenset({NoticeKind.QUEUED, NoticeKind.SPOKE})
OF_CHATS = frozenset({NoticeKind.JOINED, NoticeKind.DROPPED})
"""There are no personal data in them: they are the same everywhere."""


def load() -> Mapping[NoticeKind, NoticeDialog]:
    return _of("dialogs.notices", EVERY)


def load_brief() -> Mapping[NoticeKind, NoticeDialog]:
    """For citizens where no personal data are shown: each kind that they are told has one here, so that none comes
    whole."""
    same = {kind: notice for kind, notice in load().items() if kind in OF_CHATS}
    return {**same, **_of("dialogs.notices.brief", EVERY - TO_OFFICIALS - OF_CHATS)}


def _of(package: str, kinds: Collection[NoticeKind]) -> Mapping[NoticeKind, NoticeDialog]:
    modules = pkgutil.iter_modules(import_module(package).__path__, f"{package}.")
    found = [import_module(each.name).NOTICE for each in modules if not each.ispkg and each.name != __name__]
    by_kind = {notice.kind: notice for notice in found}
    if len(by_kind) < len(found) or set(by_kind) != set(kinds):
        raise LookupError("There is not exactly one notice of each kind.")
    return by_kind
