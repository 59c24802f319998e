"""Figures of the database and of this process as gauges, at the moment at which somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bots.account import Account
from core.operations.figures import Figures

ONE: tuple[tuple[str, str, Callable[[Figures], float]], ...] = (
    ("inbox_rows", "Updates that wait to be heard", lambda f: f.inbox),
    ("inbox_oldest_seconds", "For how long the next of them has waited for its turn", lambda f: f.oldest),
    ("quarantine_rows", "Updates that nobody could serve", lambda f: f.quarantine),
    ("timers_overdue", "Timers that should have fired a minute ago", lambda f: f.timers_overdue),
    ("timers_failed", "Timers of which every try has failed", lambda f: f.timers_failed),
    ("jobs_overdue", "Jobs that should have begun a minute ago", lambda f: f.jobs_overdue),
    ("jobs_failed", "Jobs of which every try has failed", lambda f: f.jobs_failed),
    ("files_rows", "Files that a messenger still has", lambda f: f.files),
    ("files_oldest_seconds", "For how long the next of them has waited for its turn", lambda f: f.oldest_file),
)


class Gauges(Collector):
    """`figures` is None where the database does not answer: then only what this process knows itself is told."""

    def __init__(self, figures: Figures | None, *, ready: bool) -> None:
        self._figures, self._ready = figures, ready

    def collect(self) -> Iterator[Metric]:
        known = self._figures
        yield _one("ready", "Whether this process wants to be led people to", float(self._ready))
        yield _one("database_up", "Whether the database has answered in time", float(known is not None))
        if known is None:
            return
        for name, what, read in ONE:
            yield _one(name, what, read(known))
        outbox = (((queue.lane, queue.messenger, queue.state), float(queue.rows)) for queue in known.outbox)
        yield _many("outbox_rows", "Rows that have not ended", ("lane", "messenger", "state"), outbox)
        held = (((one.messenger, one.account), float(bool(one.owner))) for one in known.tokens)
        yield _many("token_held", "Whether a process holds the token", ("messenger", "account"), held)
        paused = (((one.messenger, one.account), one.paused_for) for one in known.tokens)
        yield _many("token_paused_seconds", "For how long nothing is sent yet", ("messenger", "account"), paused)


class Paces(Collector):
    """How fast this process speaks with each token, as far as that has been learned."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = accounts

    def collect(self) -> Iterator[Metric]:
        names = [((one.name, one.account), one.pace) for one in self._accounts]
        of = ("messenger", "account")
        rates = ((name, pace.rate) for name, pace in names)
        yield _many("pace_messages_per_second", "The pace that has been learned", of, rates)
        waiting = ((name, float(pace.waiting)) for name, pace in names)
        yield _many("pace_waiting", "Messages that wait for their place", of, waiting)
        refused = CounterMetricFamily("otklik_pace_refusals", "Pauses that came of «too many requests»", labels=of)
        for name, pace in names:
            refused.add_metric(name, float(pace.refusals))
        yield refused


class Together(Collector):
    """Several collectors in one answer."""

    def __init__(self, *parts: Collector) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        for part in self._parts:
            yield from part.collect()


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"otklik_{name}", what, value=value)


def _many(name: str, what: str, labels: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(f"otklik_{name}", what, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family
