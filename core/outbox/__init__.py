"""What is to be sent: enqueued in the transaction that caused it, claimed, sent and settled, each step on record."""

from core.outbox.service import enqueue_notice, hurry, withdraw
from core.outbox.standing import standing
from core.outbox.types import Lane

__all__ = ["Lane", "enqueue_notice", "hurry", "standing", "withdraw"]
