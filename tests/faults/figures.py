"""What the trials have counted, as a table: under the tests' own report, and as Markdown for who reads it later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

COUNTS = ("lost", "doubled", "inverted", "foreign", "stuck", "mute")
IF_ANY = ("excess", "askew", "strikes", "in_sending")
"""Told where there were any."""
KEPT = "figures"
HEAD = ("fault", "what was done", "runs", *COUNTS, "besides")

Value = int | float | str
Figures = Callable[..., None]


@dataclass
class Row:
    """One fault in one variant, over all seeds: counts are added up, times are the longest, words are put together."""

    runs: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    others: dict[str, Value] = field(default_factory=dict)

    def add(self, values: Mapping[str, Value]) -> None:
        self.runs += 1
        for name, value in values.items():
            if name in self.counts:
                self.counts[name] += int(value)
            else:
                self.others[name] = _both(self.others.get(name), value)

    def cells(self, fault: str, what: str) -> list[str]:
        told = {name: value for name, value in self.others.items() if value or name not in IF_ANY}
        others = ", ".join(f"{name} {_worded(value)}" for name, value in told.items())
        return [fault, what, str(self.runs), *(str(count) for count in self.counts.values()), others]


def _both(old: Value | None, new: Value) -> Value:
    if old is None or old == new and isinstance(new, str):
        return new
    if isinstance(old, str) or isinstance(new, str):
        return f"{old}; {new}"
    return max(old, new) if isinstance(new, float) or isinstance(old, float) else old + new


def _worded(value: Value) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def keeper(node: pytest.Item) -> Figures:
    """Keeps what a trial says with its report, which also comes from another process."""

    def figures(fault: int, what: str, **values: Value) -> None:
        print(f"{fault:02} {what}: {values}")
        node.user_properties.append((KEPT, {"fault": f"{fault:02}", "what": what, "values": values}))

    return figures


def rows(reports: Iterable[Any]) -> list[list[str]]:
    table: dict[tuple[str, str], Row] = {}
    for report in reports:
        for name, kept in getattr(report, "user_properties", ()):
            if name == KEPT and report.when == "call":
                table.setdefault((kept["fault"], kept["what"]), Row()).add(kept["values"])
    return [table[key].cells(*key) for key in sorted(table)]


def as_text(cells: list[list[str]]) -> Iterable[str]:
    lines = [list(HEAD), *cells]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def as_markdown(cells: list[list[str]]) -> str:
    lines = [list(HEAD), ["---"] * len(HEAD), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write(path: Path, cells: list[list[str]], seeds: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Seeds: {seeds}.\n\n{as_markdown(cells)}")
