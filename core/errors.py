"""What may go wrong on purpose. Everything else is a bug and bubbles to the one place that logs it.

Refusal                 core declines a command or a query; `why` is for the person
└── NotAllowed          this actor may not do that, or the object is not theirs (one answer for both)
"""

from __future__ import annotations

from core.lines import Line, line


class Refusal(Exception):
    """Expected; carries the sentence for the person. The transaction of the command is rolled back."""

    def __init__(self, why: Line) -> None:
        super().__init__(why.msgid)
        self.why = why


class NotAllowed(Refusal):
    """Nobody learns from it whether the object exists."""

    def __init__(self) -> None:
        super().__init__(line("There is nothing here under this number, or it is not yours."))
