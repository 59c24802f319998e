"""What is measured against what. Each goal runs its subjects one after the other, as many rounds of all of them as
there are repeats, and takes the median of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any

from tests.bench.child import Child

ENGINES = ("SQLite", "PostgreSQL")
Found = dict[str, float]
Run = Callable[[], Found]


@dataclass(frozen=True)
class Size:
    """`people` of the wizard of everybody else and `ours` of ours, `posts` to a webhook, `pushes`, and people of the
    backlog, 20 updates each."""

    people: int
    ours: int
    posts: int
    pushes: int
    backlog: int


SIZES = {"small": Size(250, 150, 4_000, 600, 100), "full": Size(1_000, 1_000, 20_000, 3_000, 5_000)}


@dataclass(frozen=True)
class Row:
    """A line of the table: two figures of one run side by side; `ratio` is what the goal is about."""

    goal: str
    ours: str
    against: str
    ratio: str
    target: str


@dataclass(frozen=True)
class Bench:
    """`subject` and `others`: the processors of what is measured, and of everything that it needs beside it."""

    size: Size
    repeats: int
    folder: Path
    postgres: Callable[[], str]
    redis: str
    subject: set[int]
    others: set[int]
    say: Callable[[str], None] = field(default=print)

    def rows(self, goals: Sequence[str]) -> Iterator[Row]:
        for goal in goals:
            yield from GOALS[goal](self)

    def child(self, name: str, **order: Any) -> Found:
        found: Found = Child(name, self.subject, **order).said()
        return found

    def at(self, engine: str) -> dict[str, str]:
        """A place of its own for every run: an empty database and a folder."""
        folder = mkdtemp(dir=self.folder)
        return {"folder": folder, "url": f"sqlite:///{folder}/otklik.db" if engine == "SQLite" else self.postgres()}

    def medians(self, goal: str, runs: Mapping[str, Run]) -> dict[str, Found]:
        found: dict[str, list[Found]] = {name: [] for name in runs}
        for n in range(self.repeats):
            for name, run in runs.items():
                one = run()
                found[name].append(one)
                told = ", ".join(f"{word} {value:.4g}" for word, value in one.items())
                self.say(f"{goal} {n + 1}/{self.repeats} {name}: {told}")
        return {name: {word: median(one[word] for one in all_) for word in all_[0]} for name, all_ in found.items()}


def wizard(bench: Bench) -> Iterator[Row]:
    people = bench.size.people
    runs: dict[str, Run] = {
        engine: lambda engine=engine: bench.child("otklik_wizard", people=bench.size.ours, **bench.at(engine))  # type: ignore[misc]
        for engine in ENGINES
    }
    others = {
        "bare aiogram, echo": ("aiogram_echo", "0.5 → 1.0 → 2.0"),
        "aiogram-dialog, in memory": ("aiogram_dialog_wizard", "≥ 1.5"),
        "aiogram, states and isolation in Redis": ("aiogram_redis", "≥ 4"),
        "python-telegram-bot, conversation in memory": ("ptb_wizard", "≥ 1.2"),
    }
    for name, (child, _) in others.items():
        runs[name] = lambda child=child: bench.child(child, people=people, redis=bench.redis)  # type: ignore[misc]
    found = bench.medians("G1", runs)
    for name, (_, target) in others.items():
        for engine in ENGINES:
            ours, theirs = found[engine], found[name]
            yield Row(
                f"G1 wizard of 8 steps, {engine} ÷ {name}",
                f"{_rate(ours):,.0f}/s, {_cpu(ours):,.0f} µs",
                f"{_rate(theirs):,.0f}/s, {_cpu(theirs):,.0f} µs",
                f"{_rate(ours) / _rate(theirs):.2f} (CPU {_cpu(theirs) / _cpu(ours):.2f})",
                target,
            )


def accept(bench: Bench) -> Iterator[Row]:
    def posted(name: str, **order: Any) -> Found:
        server = Child(name, bench.subject, **order)
        try:
            load: Found = Child("load", bench.others, posts=bench.size.posts, **server.said()).said()
            served = server.end()
        finally:
            server.kill()
        if load["refused"] or served["stored"] not in (0, load["posted"]):
            raise SystemExit(f"{name}: {load['refused']} refused, {served['stored']} of {load['posted']} stored")
        return {**load, "cpu": served["cpu"] * load["count"] / load["posted"]}

    bare = "aiohttp that reads the body"
    runs: dict[str, Run] = {
        engine: lambda engine=engine: posted("otklik_accept", **bench.at(engine))  # type: ignore[misc]
        for engine in ENGINES
    }
    found = bench.medians("G2", {**runs, bare: lambda: posted("aiohttp_accept")})
    for engine in ENGINES:
        ours, theirs = found[engine], found[bare]
        yield Row(
            f"G2 accepted over HTTP, {engine} ÷ {bare}",
            f"{_rate(ours):,.0f}/s, {_cpu(ours):,.0f} µs",
            f"{_rate(theirs):,.0f}/s, {_cpu(theirs):,.0f} µs",
            f"{_rate(ours) / _rate(theirs):.2f} (CPU {_cpu(theirs) / _cpu(ours):.2f})",
            "0.4 → 0.6 → 0.8",
        )
        yield Row(
            f"G2 acknowledged at half load, {engine}",
            f"p50 {ours['p50']:.1f} ms, p99 {ours['p99']:.1f} ms",
            f"p50 {theirs['p50']:.1f} ms, p99 {theirs['p99']:.1f} ms",
            "",
            "p99 ≤ 50 → 20 → 10 ms",
        )


def push(bench: Bench) -> Iterator[Row]:
    sink = Child("sink", bench.others)
    url = f"http://127.0.0.1:{sink.said()['port']}"
    pushes, bare = bench.size.pushes, "a bare POST of aiohttp"
    runs: dict[str, Run] = {
        engine: lambda engine=engine: bench.child("otklik_push", sink=url, pushes=pushes, **bench.at(engine))  # type: ignore[misc]
        for engine in ENGINES
    }
    found = bench.medians("G3", {**runs, bare: lambda: bench.child("aiohttp_post", sink=url, pushes=pushes * 5)})
    sink.end()
    for engine in ENGINES:
        ours, theirs = found[engine], found[bare]
        yield Row(
            f"G3 processor time of a push, {engine} ÷ {bare}",
            f"{_cpu(ours):,.0f} µs, {_rate(ours):,.0f}/s",
            f"{_cpu(theirs):,.0f} µs, {_rate(theirs):,.0f}/s",
            f"{_cpu(ours) / _cpu(theirs):.1f}",
            "2.5 → 1.8 → 1.4",
        )


def backlog(bench: Bench) -> Iterator[Row]:
    runs: dict[str, Run] = {
        engine: lambda engine=engine: bench.child("otklik_backlog", people=bench.size.backlog, **bench.at(engine))  # type: ignore[misc]
        for engine in ENGINES
    }
    other = "aiogram, states and isolation in Redis"
    runs[other] = lambda: bench.child("aiogram_backlog", people=bench.size.backlog, redis=bench.redis)
    medians = bench.medians("G6", runs)
    theirs = medians.pop(other)
    for engine, found in medians.items():
        yield Row(
            f"G6 {found['count']:,.0f} updates that have waited, {engine}",
            f"{_rate(found):,.0f}/s",
            f"steady: {found['steady']:,.0f}/s",
            f"{found['steady'] / _rate(found):.2f}",
            "1.5 → 1.2 → 1.05",
        )
        yield Row(f"G6 lost, doubled, inverted, {engine}; {other}", _harm(found), _harm(theirs), "", "0, 0, 0")
        yield Row(
            f"G6 memory at its most ÷ at rest, {engine}",
            f"{found['peak']:.0f} MB",
            f"{found['idle']:.0f} MB",
            f"{found['peak'] / found['idle']:.2f}",
            "≤ 1.5",
        )


def _harm(found: Found) -> str:
    return ", ".join(f"{found[name]:,.0f}" for name in ("lost", "doubled", "inverted"))


def start(bench: Bench) -> Iterator[Row]:
    def started() -> Found:
        return bench.child("otklik_start", folder=mkdtemp(dir=bench.folder), settings={})

    (found,) = bench.medians("start", {"web": started}).values()
    yield Row("Start to the first answer, with a new database", f"{found['first']:.2f} s", "", "", "≤ 1.0 s")
    yield Row(
        "Start to the first answer, the next time",
        f"{found['again']:.2f} s",
        f"{found['cpu']:.2f} s CPU",
        "",
        "≤ 1.0 s",
    )
    yield Row("Memory at rest, no messenger", f"{found['rss']:.0f} MB", "", "", "≤ 90 MB")


GOALS: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    "g1": wizard,
    "g2": accept,
    "g3": push,
    "g6": backlog,
    "start": start,
}


def _rate(found: Found) -> float:
    return found["count"] / found["wall"]


def _cpu(found: Found) -> float:
    """Microseconds of the processor for each."""
    return found["cpu"] / found["count"] * 1e6
