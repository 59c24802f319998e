"""Commands and queries by which people get and delete what we know about them (152-FZ, articles 14 and 21)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestExport:
    """Command of a citizen: gather all that is known about them into one file; answered with True, or False where it is
    being gathered already. The file comes as a notice."""


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """Command of a citizen: withdraw what is open, then delete or make nameless all that may be; answered with the
    number of appeals that were withdrawn."""


@dataclass(frozen=True, slots=True)
class ShowErasure:
    """Query of a citizen: what deleting would mean; answered with Erasure."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """`open`: appeals that would be withdrawn; `kept`: those that stay without a name."""

    open: int
    kept: int


@dataclass(frozen=True, slots=True)
class ShowDraft:
    """Query of a citizen; answered with DraftCard, or None if it has been finished or forgotten."""

    run: str


@dataclass(frozen=True, slots=True)
class DraftCard:
    run: str
    words: str
    """The first of them; may be empty."""
