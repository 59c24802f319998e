"""The keys that are the engine's own. They begin with "/", which no option of a step may; nor does an option hold ":",
which stands in the buttons of views and in those that open a form."""

from __future__ import annotations

from core.lines import line
from core.talk import Button

AGAIN = Button("/again", line("Try again"))
BACK = Button("/back", line("Back"))
KEEP = Button("/keep", line("Leave as is"))
ALL = Button("/all", line("Show all"))
"""Ends a search among the options of a long choice."""
CHANGE = "/change:"
"""And the id of an earlier step: a button that any screen may carry."""
PAGE = "/page:"
"""And a number: another part of a long choice. It answers nothing."""
