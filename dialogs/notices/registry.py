"""Finds every notice: the NOTICE of each module here. It looks when it is asked, never at import."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from core.notify.types import NoticeKind
from dialogs import notices
from dialogs.notices import NoticeDialog

__all__ = ["NoticeDialog", "load"]


def load() -> Mapping[NoticeKind, NoticeDialog]:
    names = (f"{notices.__name__}.{found.name}" for found in pkgutil.iter_modules(notices.__path__))
    found = [import_module(name).NOTICE for name in names if name != __name__]
    by_kind = {notice.kind: notice for notice in found}
    if len(by_kind) < len(found) or set(by_kind) != set(NoticeKind):
        raise LookupError("There is not exactly one notice of each kind.")
    return by_kind
