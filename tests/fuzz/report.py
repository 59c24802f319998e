"""What is said of a run: the table, and each finding in a form that can be put into a test. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.fuzz.drive import Result, lines

MOST = 40
"""Lines of findings of one town."""
SERVER = ": 5"
"""Of a status."""


def findings(seed: int, results: Sequence[Result], differing: Sequence[str]) -> Iterator[str]:
    told = [line for result in results for line in lines(result)]
    for line in [*told[:MOST], *(f"the engines differ: {line}" for line in differing[:MOST])]:
        yield f"seed {seed}, {line}"
    if len(told) > MOST:
        yield f"seed {seed}, and {len(told) - MOST} lines more"


@dataclass
class Total:
    said: Counter[str] = field(default_factory=Counter)
    quiet: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    declined: int = 0
    differing: int = 0
    towns: int = 0

    def add(self, results: Sequence[Result], differing: Sequence[str]) -> None:
        """What was said is the same on both engines; what was found is counted on each."""
        self.towns += 1
        self.differing += bool(differing)
        for result in results[:1]:
            self.said += result.said
            self.quiet += result.quiet
            self.seen += result.seen
            self.answered += result.answered
            self.declined += result.declined
        for result in results:
            self.problems += Counter(_kind(problem) for _, problem in result.problems)

    def table(self, seconds: float) -> Iterator[str]:
        ways = list(dict.fromkeys(name.partition("|")[0] for name in self.said))
        families = sorted({name.partition("|")[2] for name in self.said})
        yield " | ".join(["updates".ljust(18), *(family.rjust(9) for family in families), "all".rjust(9)])
        for way in ways:
            row = [self.said[f"{way}|{family}"] for family in families]
            yield " | ".join([way.ljust(18), *(str(number).rjust(9) for number in row), str(sum(row)).rjust(9)])
        told = {"all": self.said.total(), "answered": self.answered, "refused with a sentence": self.declined}
        told |= {f"silent by design, {why}": number for why, number in sorted(self.quiet.items())}
        told |= {f"of them, {what}": number for what, number in sorted(self.seen.items())}
        told |= {kind: self.problems[kind] for kind in ("unhandled", "5xx", "mute", "lost", "kept otherwise", "other")}
        told |= {"towns": self.towns, "towns where the engines differ": self.differing, "seconds": round(seconds)}
        yield from (f"{name}: {number}" for name, number in told.items())


def _kind(problem: str) -> str:
    if problem.startswith("logged: "):
        return "unhandled"
    if SERVER in problem:
        return "5xx"
    return {"mute": "mute", "lost": "lost", "kept": "kept otherwise"}.get(problem.partition(":")[0].split()[0], "other")
