"""What is counted while people are served, for whoever watches over this process. Knows no database; its labels name
messengers, lanes and kinds of ends, never anything of a person."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from core.outbox.types import Lane

REPLY_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
PUSH_SECONDS = (0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
"""10 and 60 are the bounds of the promise: 99 % and 99.9 %."""


class Metrics:
    """One for a process, with a registry of its own. Every method may be called from any thread, and costs nothing to
    speak of."""

    def __init__(self) -> None:
        self.registry = known = CollectorRegistry()
        self._reply = Histogram(
            "otklik_first_reply_seconds",
            "From the moment an update was received until its first reply was handed to the messenger",
            ["messenger"],
            buckets=REPLY_SECONDS,
            registry=known,
        )
        self._push = Histogram(
            "otklik_push_age_seconds",
            "From the moment a row of the outbox might go until it was handed to the messenger",
            ["lane", "messenger"],
            buckets=PUSH_SECONDS,
            registry=known,
        )
        self._ended = Counter(
            "otklik_outbox_ended",
            "Rows that this process has sent or given up",
            ["lane", "messenger", "outcome"],
            registry=known,
        )
        self._refused = Counter(
            "otklik_refusals",
            "Rows that were refused for good, by class of reason",
            ["messenger", "reason"],
            registry=known,
        )
        self._put_off = Counter(
            "otklik_put_off",
            "Answers that put a row off: the whole token's, or one chat's",
            ["messenger", "scope"],
            registry=known,
        )
        self._heard = Counter(
            "otklik_updates_heard",
            "Updates that were heard, by the number of the try",
            ["attempt"],
            registry=known,
        )
        self._too_often = Counter(
            "otklik_web_too_often",
            "Requests of pages that were told to wait, because their caller asked too much",
            registry=known,
        )
        self._webhook = Counter(
            "otklik_webhook_changed",
            "Looks that have found the webhook of a bot not to be as we have set it",
            ["messenger", "account"],
            registry=known,
        )
        self._up = Gauge(
            "otklik_messenger_up",
            "Whether the messenger has let this process in",
            ["messenger", "account"],
            registry=known,
        )

    def handed(self, lane: Lane, messenger: str, awaited_at: datetime | None, now: datetime) -> None:
        """The messenger has it."""
        if awaited_at is None:
            return
        waited = max(0.0, (now - awaited_at).total_seconds())
        if lane is Lane.REPLY:
            self._reply.labels(messenger).observe(waited)
        else:
            self._push.labels(lane.value, messenger).observe(waited)

    def ended(self, lane: Lane, messenger: str, outcome: str) -> None:
        self._ended.labels(lane.value, messenger, outcome).inc()

    def refused(self, messenger: str, reason: str) -> None:
        """`reason` is a class of reasons, never words of a messenger: those are many."""
        self._refused.labels(messenger, reason).inc()

    def put_off(self, messenger: str, *, whole: bool) -> None:
        self._put_off.labels(messenger, "token" if whole else "chat").inc()

    def heard(self, attempt: int) -> None:
        self._heard.labels(str(attempt)).inc()

    def too_often(self) -> None:
        self._too_often.inc()

    def webhook(self, messenger: str, account: str, *, changed: bool) -> None:
        """It is there from the first look on, so that the first change is seen as one."""
        self._webhook.labels(messenger, account).inc(changed)

    def connected(self, messenger: str, account: str, *, up: bool) -> None:
        self._up.labels(messenger, account).set(up)
